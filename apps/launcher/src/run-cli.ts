import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Lifecycle } from '@image-studio/runtime';
import { mainFile, type Studio } from './launch.ts';
import type { Settings } from './read-settings.ts';

export interface CliRun {
  studio: Pick<Studio, 'url'>;
  settings: Settings;
  lifecycle: Pick<Lifecycle, 'signal'>;
  /** Where its stdout goes; a pipe is read. */
  stdout: 'pipe' | 'inherit';
}

/** Exit codes of the command line that tell how a batch ended: done, failed, needs review. */
const TOLD = [0, 1, 2];

/** Runs the `studio` command as anybody would, and resolves with what it said on a piped stdout. */
export async function runCli(args: readonly string[], run: CliRun): Promise<string> {
  const { studio, settings, lifecycle, stdout } = run;
  const key = settings.api.apiKeys.find(({ role }) => role !== 'viewer')?.key;
  const child = spawn(process.execPath, [...process.execArgv, mainFile('cli'), ...args], {
    env: { ...settings.env, STUDIO_URL: studio.url, ...(key !== undefined && { STUDIO_KEY: key }) },
    stdio: ['ignore', stdout, 'inherit'],
  });
  const stop = () => void child.kill('SIGTERM');
  lifecycle.signal.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  lifecycle.signal.removeEventListener('abort', stop);
  lifecycle.signal.throwIfAborted();
  if (code === null || !TOLD.includes(code)) throw new Error(`studio ${args[0]} ended with ${code}`);
  return said;
}
