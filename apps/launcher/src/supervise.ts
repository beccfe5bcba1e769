import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EXIT_BAD_CONFIG } from '@image-studio/runtime';

/** First and longest wait before a process that crashed is started again; each crash doubles it. */
const BACKOFF_MS = { first: 500, longest: 15_000 };
/** A process that ran this long has recovered: its next crash is a first one. */
const RECOVERED_AFTER_MS = 60_000;

export interface SupervisedOptions {
  /** `api`, `worker 1`: in front of its log lines. */
  name: string;
  /** Path of its main file. */
  main: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Longest time from SIGTERM to its end; then it is killed. */
  stopTimeoutMs: number;
  onLine: (name: string, line: string) => void;
  /** It ended in a way that starting it again will not mend. */
  onGiveUp: (name: string, exitCode: number) => void;
}

export interface Supervised {
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** Stops it (SIGTERM, later SIGKILL) and resolves when it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Keeps one process of this product running: starts it again, with growing pauses, when it crashes. It gets a channel,
 * through which it notices our death; and a process group of its own, so that a Ctrl-C at the terminal reaches only us
 * and we stop everything in order.
 */
export function supervise(options: SupervisedOptions): Supervised {
  const { name, onLine } = options;
  let child: ChildProcess;
  let backoffMs = BACKOFF_MS.first;
  let restart: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;

  const start = () => {
    const startedAt = Date.now();
    child = fork(options.main, [...(options.args ?? [])], {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => onLine(name, line));
    }
    child.on('error', (error) => onLine(name, `cannot run: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (stopping) return;
      if (code === EXIT_BAD_CONFIG) return options.onGiveUp(name, code);
      if (Date.now() - startedAt > RECOVERED_AFTER_MS) backoffMs = BACKOFF_MS.first;
      onLine(name, `ended unexpectedly (${signal ?? `exit code ${code}`}); starts again in ${backoffMs} ms`);
      restart = setTimeout(start, backoffMs);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS.longest);
    });
  };

  const stop = async () => {
    clearTimeout(restart);
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs);
    await exited;
    clearTimeout(killer);
  };

  start();
  return {
    get pid() {
      return child.pid;
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
