import { setTimeout as sleep } from 'node:timers/promises';
import type { CallJob, CallOutcome } from '../calls/call-job.ts';
import type { Redis } from '../redis/connect.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { anEntry, PRICE } from './queue-fixture.ts';

/** Hash in which the provider's stand-in counts the requests that it has billed, by call key. The tested code does not read it. */
const BILLED = 'provider:billed';

/**
 * For tests: a model that bills each request when it comes, whatever becomes of who asked, and answers after so many
 * milliseconds, or when the promise resolves.
 */
export function billedCallHandler(
  worker: StudioWorker,
  provider: Redis,
  answered: Promise<void> | (() => number),
) {
  return async (job: CallJob): Promise<CallOutcome> => {
    const { callKey, batchId, index } = job.data;
    const payer = `${batchId}_${index}`;
    const paid = await worker.ledger.find(callKey);
    await job.quota.settleEarlier(paid?.payer === payer ? paid : null);
    if (paid) return { next: 'done' };
    if ((await job.quota.nextSlot()) === null) return { next: 'drop' };
    const { verdict } = await job.quota.reserve(PRICE);
    if (verdict !== 'go') return verdict === 'wait' ? { next: 'requeue' } : { next: 'drop' };
    await provider.hincrby(BILLED, callKey, 1);
    const result = { costUsd: PRICE, latencyMs: 1, counted: true } as const;
    try {
      if (answered instanceof Promise) await Promise.race([answered, aborted(job.signal)]);
      else await sleep(answered(), undefined, { signal: job.signal });
    } catch {
      await job.quota.settle({ ...result, outcome: 'cancelled', health: 'unknown' });
      return { next: 'drop' };
    }
    await worker.ledger.record(callKey, { ...anEntry(payer), request: job.request });
    await job.quota.settle({ ...result, outcome: 'ok', health: 'up' });
    return { next: 'done' };
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });

/** How often the provider has billed each call, and all of them. */
export async function readBill(provider: Redis): Promise<{ total: number; byCall: Record<string, number> }> {
  const byCall = Object.fromEntries(
    Object.entries(await provider.hgetall(BILLED)).map(([key, times]) => [key, Number(times)]),
  );
  return { byCall, total: Object.values(byCall).reduce((sum, times) => sum + times, 0) };
}
