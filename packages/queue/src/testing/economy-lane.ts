import type { CallFailure } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { expect } from '@jest/globals';
import type { BatchState } from '../batch-store/batch-state.ts';
import type { CallJob, CallOutcome } from '../calls/call-job.ts';
import type { EconomyTimes } from '../economy/economy-times.ts';
import type { WorkerCapacity } from '../fleet/worker-info.ts';
import type { SkuJob } from '../skus/sku-job.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { createParcelProvider, type ProviderFaults } from './parcel-provider.ts';
import { anEntry, PRICE, type QueueFixture, skuHandler, startQueueFixture } from './queue-fixture.ts';

/** So long an hour of the economy lane lasts. */
export const HOUR_MS = 1500;
/** Nothing here takes its time. */
const SOONER = {
  lookMs: HOUR_MS / 12,
  absentMs: HOUR_MS / 6,
  pollMs: 20,
  mostPollMs: 20,
  reserveMs: HOUR_MS / 6,
  refusedMs: 200,
};
const REFUSED: CallFailure = { code: 'MODEL_REFUSED', message: 'no', stage: 'generate', retryable: true };
export const soon = { timeoutMs: 60_000 };

/** For tests: a studio whose hours are short, and a provider of batches that fails as it is told. */
export interface EconomyLane {
  studio: QueueFixture;
  provider: ReturnType<typeof createParcelProvider>;
  /** Calls that were made one by one, by call key. */
  interactive: Map<string, number>;
  /** A worker whose interactive calls are counted. `prepare`: what a SKU takes before it asks for its call. */
  startWorker(
    isRefused?: (job: CallJob) => boolean,
    prepare?: (job: SkuJob) => Promise<unknown>,
  ): Promise<StudioWorker>;
  behave(faults: Partial<ProviderFaults>): void;
  submit(count: number, hours: number, options?: object): Promise<BatchState>;
  batchOf(id: string): Promise<BatchState>;
  hasEnded(id: string, status?: string): Promise<void>;
  /** Pictures that were paid for twice, in whichever way. */
  paidTwice(): string[];
  /** Provider batches that were created for a parcel which had one. */
  createdTwice(): number;
}

/** `jobLockMs`: the lease of what a process works on ends with it, too. Default: short. */
export async function openEconomyLane(
  times: Partial<EconomyTimes> = {},
  capacity?: WorkerCapacity,
  jobLockMs = 900,
): Promise<EconomyLane> {
  const studio = await startQueueFixture({
    economyHourMs: HOUR_MS,
    economyTimes: { ...SOONER, ...times },
    jobLockMs,
    ...(capacity && { capacity }),
  });
  const interactive = new Map<string, number>();
  const provider = createParcelProvider();
  const batchOf = async (id: string) => {
    const batch = await studio.api.batch(id);
    if (!batch) throw new Error('the batch is gone');
    return batch;
  };
  return {
    studio,
    provider,
    interactive,
    async startWorker(isRefused = () => false, prepare = async () => {}) {
      const worker: StudioWorker = await studio.startWorker({
        parcels: () => provider.workFor(worker.ledger),
        async sku(job) {
          await prepare(job);
          return skuHandler(worker)(job);
        },
        async call(job): Promise<CallOutcome> {
          const { callKey, batchId, index } = job.data;
          if (isRefused(job)) return { next: 'fail', failure: REFUSED };
          if (await worker.ledger.find(callKey)) return { next: 'done' };
          if ((await job.quota.nextSlot()) === null) return { next: 'drop' };
          const start = await job.quota.reserve(PRICE);
          if (start.verdict === 'stale') return { next: 'drop' };
          if (start.verdict === 'wait') return { next: 'requeue', ms: Math.min(200, start.ms ?? 200) };
          interactive.set(callKey, (interactive.get(callKey) ?? 0) + 1);
          await worker.ledger.record(callKey, { ...anEntry(`${batchId}_${index}`), request: job.request });
          const settled = { costUsd: PRICE, latencyMs: 1, counted: true };
          await job.quota.settle({ outcome: 'ok', health: 'up', ...settled });
          return { next: 'done' };
        },
      });
      return worker;
    },
    behave: (faults) => void Object.assign(provider.faults, faults),
    submit: (count, hours, options = {}) =>
      studio.submit(names(count), {
        lane: 'economy',
        deadline: new Date(Date.now() + hours * HOUR_MS).toISOString(),
        ...options,
      }),
    batchOf,
    hasEnded: (id, status = 'completed') =>
      eventually(async () => expect((await batchOf(id)).status).toBe(status), soon),
    paidTwice() {
      const billed = provider.billed();
      return [...new Set([...billed.keys(), ...interactive.keys()])].filter(
        (key) => (billed.get(key) ?? 0) + (interactive.get(key) ?? 0) > 1,
      );
    },
    createdTwice() {
      const batches = provider.batches();
      return batches.length - new Set(batches.map(({ displayName }) => displayName)).size;
    },
  };
}

/** Codes of so many SKUs. */
export const names = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`);
