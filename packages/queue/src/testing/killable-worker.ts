import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { QuotaConfig } from '../quota/quota.ts';

const MAIN = fileURLToPath(new URL('./killable-worker-main.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../../scripts/typescript.mjs', import.meta.url));

export interface KillableWorkerOptions {
  redisUrl: string;
  /** A call takes half of it to all of it; default 100. */
  latencyMs?: number;
  /** Default 900. */
  jobLockMs?: number;
  /** Default: 6000 calls a minute. */
  quota?: Partial<QuotaConfig>;
  /** Its calls never get as far as the model; each is tried again after 10 s. */
  retries?: boolean;
  /** By how much the clock of its host is ahead. */
  clockOffsetMs?: number;
}

export interface KillableWorker {
  pid: number;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** For tests: a worker as a process of its own, which takes jobs when this resolves. */
export async function startKillableWorker(options: KillableWorkerOptions): Promise<KillableWorker> {
  const args = ['--conditions=source', '--import', TYPESCRIPT, MAIN, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const died = exited.then(() => Promise.reject(new Error('the worker did not start')));
  died.catch(() => {});
  await Promise.race([once(child.stdout, 'data'), died]);
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
