import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./killable-worker-main.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../scripts/typescript.mjs', import.meta.url));

export interface KillableWorker {
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** For tests: a worker as a process of its own, which takes jobs when this resolves. `prefix`: words in front of `node`. */
export async function startKillableWorker(
  redisUrl: string,
  { latencyMs = 100, jobLockMs = 900, prefix = [] as string[] } = {},
): Promise<KillableWorker> {
  const node = [process.execPath, '--conditions=source', '--import', TYPESCRIPT, MAIN];
  const [command = '', ...args] = [...prefix, ...node, redisUrl, String(latencyMs), String(jobLockMs)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('the worker did not start'))),
  ]);
  return {
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
