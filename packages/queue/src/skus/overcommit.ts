import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';

/** Takes jobs beyond the worker's concurrency, while as many of its jobs only wait for suppliers. */
export interface Overcommit {
  /** The caller's job waits and needs no slot from now on; call the returned function, once, when it goes on. */
  begin(): () => void;
  /** Takes no more jobs; resolves when the ones it took have ended. */
  close(): Promise<void>;
}

/** An empty queue is looked at again after this. */
const LOOK_AGAIN_MS = 500;

/**
 * BullMQ counts a job that waits for a slow supplier like one that works, so a handful of suppliers that never answer
 * would stop a worker. While jobs need no slot, as many others are taken by hand, `most` at once at most; they
 * may outnumber the slots for a moment when all of them go on together, which the bounds of CPU and memory bear.
 */
export function createOvercommit(
  worker: Pick<Worker, 'id' | 'getNextJob' | 'processJob'>,
  most: number,
): Overcommit {
  const closing = new AbortController();
  const taken = new Set<Promise<unknown>>();
  let idle = 0;
  let tokens = 0;
  let looking: Promise<void> | undefined;

  const hasRoom = () => !closing.signal.aborted && taken.size < Math.min(idle, most);

  async function look(): Promise<void> {
    while (hasRoom()) {
      const token = `${worker.id}:overcommit:${tokens++}`;
      // Redis may be away: then there is nothing to take either.
      const job = await worker.getNextJob(token, { block: false }).catch(() => undefined);
      if (!job) {
        await sleep(LOOK_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
        continue;
      }
      const running = worker
        .processJob(job, token, () => false)
        .catch(() => {}) // BullMQ has told the worker's listeners
        .finally(() => {
          taken.delete(running);
          lookOn();
        });
      taken.add(running);
    }
  }

  function lookOn(): void {
    if (looking !== undefined || !hasRoom()) return;
    looking = look().finally(() => {
      looking = undefined;
      lookOn();
    });
  }

  return {
    begin() {
      idle += 1;
      lookOn();
      return () => {
        idle -= 1;
      };
    },
    async close() {
      closing.abort();
      await looking;
      await Promise.all(taken);
    },
  };
}
