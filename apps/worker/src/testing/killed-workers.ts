import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { KilledCommand } from './killed-command-main.ts';
import type { WorkerFixture } from './worker-fixture.ts';

const WORKER = fileURLToPath(new URL('./killed-worker-main.ts', import.meta.url));
const COMMAND = fileURLToPath(new URL('./killed-command-main.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../../scripts/typescript.mjs', import.meta.url));
const RUN = ['--conditions=source', '--import', TYPESCRIPT];

/** For tests: processes that kill themselves at named points (`killed-worker-main.ts`). */
export interface KilledWorkers {
  /**
   * One worker after the other works, and dies at its point; resolves with the way to let the next one, which dies nowhere, work. `then` runs
   * when the first one is loaded: what it does is waited for by nobody until then.
   */
  dieAt(points: readonly string[], then?: () => Promise<void>): Promise<() => void>;
  /** A process that gives this command and dies right behind the step that carries it out. */
  dieGiving(command: KilledCommand['command']): Promise<void>;
  close(): Promise<void>;
}

/** `env`: of all workers, beside what the fixture's have. */
export function killedWorkers(
  { env, prefix }: WorkerFixture,
  redisUrl: string,
  more: Record<string, string>,
): KilledWorkers {
  const all: ChildProcess[] = [];
  /** A worker that has loaded all and begins when it is told. */
  const load = (point: string): ChildProcess => {
    const child = spawn(process.execPath, [...RUN, WORKER, point], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, ...env, JOB_LOCK_MS: '1000', LOG_LEVEL: 'silent', ...more },
    });
    all.push(child);
    return child;
  };
  return {
    async dieAt(points, then = async () => {}) {
      let next = load(points[0] ?? 'nowhere');
      await once(next.stdout as Readable, 'data');
      await then();
      for (const [at, point] of points.entries()) {
        const victim = next;
        victim.stdin?.write('begin\n');
        // Loads while the other one works.
        next = load(points[at + 1] ?? 'nowhere');
        await killed(victim, point);
      }
      return () => void next.stdin?.write('begin\n');
    },
    async dieGiving(command) {
      const order: KilledCommand = { redisUrl, prefix, command };
      const stdio = ['ignore', 'ignore', 'inherit'] as const;
      const child = spawn(process.execPath, [...RUN, COMMAND, JSON.stringify(order)], { stdio: [...stdio] });
      all.push(child);
      await killed(child, command.name);
    },
    async close() {
      await Promise.all(all.map(end));
    },
  };
}

/** Rejects when it ended in any other way. */
async function killed(child: ChildProcess, point: string): Promise<void> {
  const [code, signal] = await once(child, 'exit');
  if (signal !== 'SIGKILL')
    throw new Error(`the process did not die at ${point}, but ended with ${code ?? signal}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
