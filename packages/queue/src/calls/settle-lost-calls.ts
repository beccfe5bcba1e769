import { DEFAULT_POOL } from '@image-studio/contract';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import { createCallLedger } from './ledger.ts';
import { lostCall, settleCall } from './settle-call.ts';
import { lostCallsScript } from './settle-lost-calls.lua.ts';

/** What `start-call.lua.ts` writes down of a request. Costs in millionths of a dollar. */
const Unsettled = z.object({
  batchId: z.string(),
  index: z.number(),
  callKey: z.string(),
  estimate: z.number(),
  /** Absent: written by a version that knew one pool. */
  pool: z.string().default(DEFAULT_POOL),
});

/** How often a worker looks for them (ms). */
export const lostCallsMs = (jobLockMs: number) => Math.round(jobLockMs / 2);

/**
 * Books the requests of workers that are dead, whatever became of their jobs: a pause, a cancel or somebody by hand may have
 * removed those, and then no next start would ever settle them. Resolves to how many were booked. Safe to run anywhere, any
 * number of times; should a worker not be dead after all, its answer corrects the books.
 */
export async function settleLostCalls(deps: Database & { jobLockMs: number }): Promise<number> {
  const { redis, keys, jobLockMs } = deps;
  const ledger = createCallLedger(deps);
  const found = (await lostCallsScript(redis, [keys.unsettled, keys.pulses], [jobLockMs])) as string[];
  let settled = 0;
  for (let at = 0; at < found.length; at += 2) {
    const token = found[at] ?? '';
    const request = Unsettled.parse(JSON.parse(found[at + 1] ?? ''));
    const entry = await ledger.find(request.callKey);
    const lost = lostCall(request.estimate / 1e6);
    const result = entry?.request === token ? { ...lost, outcome: 'ok', costUsd: entry.costUsd } : lost;
    if ((await settleCall({ redis, keys: keys.pool(request.pool) }, { ...request, token }, result)) >= 0)
      settled += 1;
  }
  return settled;
}
