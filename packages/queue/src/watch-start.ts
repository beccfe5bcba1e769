import type { Job } from 'bullmq';
import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';
import { closeStartScript, openStartScript } from './lua/starts.ts';

/**
 * A job that died this often in a row with its process is suspected of killing it. One may be bad luck, and so may
 * two: whoever ran beside the culprit died with it both times. From here on suspects run one at a time in a process,
 * so that the next death says who it was.
 */
const SUSPECT_AT = 2;
/** A suspect that has to wait its turn looks again after this. */
const WAIT_MS = 1000;

/** What one process knows of the suspects it runs. */
export interface SuspectWatch {
  /** One of them is running. */
  isBusy: boolean;
  /** Starts ask one after the other: those that a death brought back all come at the same moment. */
  turn: Promise<unknown>;
}

interface WatchDeps {
  redis: Redis;
  keys: Keys;
  suspects: SuspectWatch;
}

/**
 * Runs one start of a job and keeps book of whether it ended in order. `run` learns how many starts before this one
 * died with their process: in a row and, for a SKU, each in the same stage, so a stage that was survived clears it.
 * A suspect that has to wait is given back through `wait`, unrun.
 */
export async function watchStart<T>(
  deps: WatchDeps,
  job: Job<{ batchId: string; index: number }>,
  options: { hasStages: boolean; wait(ms: number): Promise<never> },
  run: (deaths: number) => Promise<T>,
): Promise<T> {
  const { redis, keys, suspects } = deps;
  const batch = keys.batch(job.data.batchId);
  const id = job.id ?? '';
  const start = job.attemptsStarted;
  const open = async () => {
    const stagesOf = options.hasStages ? job.data.index : '';
    const args = [id, start, stagesOf, SUSPECT_AT, suspects.isBusy ? 0 : 1];
    const deaths = Number(await openStartScript(redis, [batch], args));
    if (deaths >= SUSPECT_AT) suspects.isBusy = true;
    return deaths;
  };
  const opening = suspects.turn.then(open);
  suspects.turn = opening.catch(() => {});
  const deaths = await opening;
  if (deaths < 0) return options.wait(WAIT_MS);
  try {
    return await run(deaths);
  } finally {
    if (deaths >= SUSPECT_AT) suspects.isBusy = false;
    await closeStartScript(redis, [batch], [id, start]);
  }
}
