import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from './root.mjs';

/**
 * One Ctrl-C can arrive several times: from the terminal and from npm, which passes it on. Within this time they are
 * one; a later one is the impatient second.
 */
const SAME_SIGNAL_MS = 500;

/** How often to look whether npm, our parent, is still there. */
const PARENT_POLL_MS = 1000;

/** Runs a program to its end and resolves with its exit code. Signals are passed on to it. What it writes into pipes is told `onOutput`. */
export function run(
  command,
  args,
  { cwd = ROOT, env = process.env, stdio = 'inherit', detached = false, onOutput } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, detached });
    const stopPassing = passSignals(child);
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);
    child.on('error', (error) => {
      stopPassing();
      reject(new Error(`${command} could not be run: ${error.message}`));
    });
    // Its last words may come after its end.
    child.on(onOutput ? 'close' : 'exit', (code, signal) => {
      stopPassing();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/**
 * Runs the launcher. It gets a process group of its own, so that a Ctrl-C reaches it once, through us; and a channel,
 * so that it notices when we die.
 */
export function runStudio(target, args) {
  const main = join(ROOT, 'apps/launcher/dist/main.js');
  return run(process.execPath, [main, target, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
}

/** Runs a script of a workspace package as npm would, without the second that starting npm takes. */
export function runPackageScript(folder, name, args, options = {}) {
  const cwd = join(ROOT, folder);
  const manifest = join(cwd, 'package.json');
  const script = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.[name];
  if (!script) throw new Error(`${folder}/package.json has no script "${name}".`);
  const bins = [join(cwd, 'node_modules/.bin'), join(ROOT, 'node_modules/.bin')];
  const env = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) };
  return run('/bin/sh', ['-c', `${script} "$@"`, name, ...args], { cwd, env, ...options });
}

function passSignals(child) {
  let lastAt = 0;
  const pass = (signal) => {
    if (Date.now() - lastAt < SAME_SIGNAL_MS) return;
    lastAt = Date.now();
    // A closed terminal means the same as a polite request.
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  const parent = process.ppid;
  const watch = setInterval(() => {
    // Killed outright, npm passes nothing on; then we stop as if it had.
    if (process.env.npm_lifecycle_event && process.ppid !== parent) pass('SIGTERM');
  }, PARENT_POLL_MS);
  return () => {
    for (const signal of signals) process.off(signal, pass);
    clearInterval(watch);
  };
}
