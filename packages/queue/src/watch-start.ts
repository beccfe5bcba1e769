import type { Job } from 'bullmq';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import { closeStartScript, openStartScript } from './lua/starts.ts';

/**
 * A job that died this often in a row with its process is suspected of killing it. One may be bad luck, and so may
 * two: whoever ran beside the culprit died with it both times. From here on the fleet runs one suspect at a time, so
 * that the next death says who it was.
 */
const SUSPECT_AT = 2;
/** A suspect that is still well after this long is not worth holding the others up for. */
const ALONE_MS = 10_000;
/** A suspect that has to wait its turn looks again after this. */
const WAIT_MS = 1000;

/**
 * Runs one start of a job and keeps book of whether it ended in order. `run` learns how many starts before this one
 * died with their process: in a row and, for a SKU, each in the same stage, so a stage that was survived clears it.
 * A suspect that has to wait is given back through `wait`, unrun.
 */
export async function watchStart<T>(
  { redis, keys }: { redis: Redis; keys: Keys },
  job: Job<{ batchId: string; index: number }>,
  options: { hasStages: boolean; wait(ms: number): Promise<never> },
  run: (deaths: number) => Promise<T>,
): Promise<T> {
  const scriptKeys = [keys.batch(job.data.batchId), keys.suspect];
  const id = job.id ?? '';
  const start = job.attemptsStarted;
  const stagesOf = options.hasStages ? job.data.index : '';
  const deaths = Number(
    await openStartScript(redis, scriptKeys, [id, start, stagesOf, SUSPECT_AT, ALONE_MS]),
  );
  if (deaths < 0) return options.wait(WAIT_MS);
  try {
    return await run(deaths);
  } finally {
    await closeStartScript(redis, scriptKeys, [id, start]);
  }
}
