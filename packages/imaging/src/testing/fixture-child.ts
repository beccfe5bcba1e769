import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { serveTasks } from '../pool/serve-tasks.ts';

/** What the child of child-pool.test.ts is told to do. */
export type FixtureTask = {
  action: 'answer' | 'crash' | 'leave' | 'burn' | 'eat' | 'sleep' | 'environment' | 'bytes';
  data?: Buffer;
  ms?: number;
};

/** Held to the end of the process. */
const eaten: Buffer[] = [];

serveTasks(async (task) => {
  const { action, data, ms = 0 } = task as FixtureTask;
  switch (action) {
    case 'crash':
      process.kill(process.pid, 'SIGSEGV');
      return sleep(60_000);
    case 'leave':
      process.exit(3);
      break;
    case 'burn':
      // Beside the event loop, as decoders work.
      for (;;) await burn();
    case 'eat':
      for (;;) {
        eaten.push(Buffer.alloc(20_000_000, 1));
        await sleep(5);
      }
    case 'sleep':
      return sleep(ms, process.pid);
    case 'environment':
      return (await promisify(execFile)('env')).stdout;
    case 'bytes':
      return { isBuffer: Buffer.isBuffer(data), data };
    default:
      return process.pid;
  }
});

function burn(): Promise<unknown> {
  return promisify(deflate)(Buffer.alloc(4_000_000, 'burn'));
}
