import {
  BatchOptions,
  BatchPlan,
  CallFailure,
  type Failure,
  SkuInput,
  SkuJobData,
  SkuRecord,
  SkuStep,
  say,
  type TimelineEntry,
} from '@image-studio/contract';
import { type Job, type Queue, UnrecoverableError, WaitingChildrenError, Worker } from 'bullmq';
import type { z } from 'zod';
import { parseKnown } from '../batch-store/parse-known.ts';
import { notePhoto } from '../batch-store/shared-photos.ts';
import { joinDetails, splitRecord } from '../batch-store/sku-details.ts';
import { tallyOf, timesSince } from '../batch-store/tally-of.ts';
import { type AddCallsDeps, addCalls } from '../calls/add-calls.ts';
import { awaitCalls } from '../calls/call-waiters.ts';
import { crashReason, progressOf, spreadCrashed } from '../jobs/crashed-jobs.ts';
import { handBack, handBackUnknown, isRemains } from '../jobs/hand-back.ts';
import { aiJobId } from '../jobs/job-ids.ts';
import { SKU_QUEUE } from '../jobs/queues.ts';
import { removeIfGone } from '../jobs/remove-if-gone.ts';
import { type WorkerDeps, workerOptions } from '../jobs/worker-options.ts';
import { budgetAllows } from '../quota/budget-allows.ts';
import type { PoolTroubles } from '../quota/pool-trouble.ts';
import { isInEconomyLane } from '../scheduling/economy-parking.ts';
import { recordSku } from '../tracing/sku-trace.ts';
import { createOvercommit, type Overcommit } from './overcommit.ts';
import { type BegunSku, NotUnderstood, type SkuJob, type SkuOutcome, SkuTaken } from './sku-job.ts';
import {
  beginSkuScript,
  finishSkuScript,
  noteReuseScript,
  noteSkuScript,
  putBackSkuScript,
} from './sku-progress.lua.ts';

/** Characters of `<batch>:states` for the ways a SKU's job can end it. */
const STATE_CHARACTER = { completed: 'c', failed: 'f', needsReview: 'r' } as const;
/** How long a SKU that nobody wakes waits before it looks again for a picture that another SKU's job is making. */
const ELSEWHERE_MS = 1500;

/**
 * Most SKUs of a process that wait for suppliers without a slot: a socket and some kilobytes each. Their photos are
 * bounded by the memory for downloads.
 */
const MOST_BEYOND = 128;

export interface SkuWorkerDeps extends WorkerDeps, AddCallsDeps {
  skuQueue: Queue;
  troubles: PoolTroubles;
}

/**
 * Starts a BullMQ worker on the `sku` queue that runs `handle` for every start of a SKU's job. To end it, pause the worker,
 * close the overcommit, then close the worker: jobs that the overcommit took need the worker's locks.
 */
export function startSkuWorker(
  deps: SkuWorkerDeps,
  handle: (job: SkuJob) => Promise<SkuOutcome>,
): { worker: Worker<SkuJobData>; overcommit: Overcommit } {
  const worker: Worker<SkuJobData> = new Worker<SkuJobData>(
    SKU_QUEUE,
    async (job, token, signal) => {
      if (isRemains(job)) return;
      const data = parseKnown(SkuJobData, job.data);
      if (!data) return handBackUnknown(job, token);
      if (deps.isHeld()) return handBack(job, token);
      const release = deps.track(data, 'sku', job.id ?? '', token);
      try {
        await spreadCrashed(job, token);
        return await follow(deps, job, token, skuJobOf(deps, job, overcommit.begin, signal), handle);
      } finally {
        release();
        deps.wake();
      }
    },
    { ...workerOptions(deps), concurrency: deps.skuConcurrency },
  );
  const overcommit = createOvercommit(worker, MOST_BEYOND);
  // A job that BullMQ itself gave up (its worker died again and again) never reaches the handler's end.
  worker.on('failed', (job) => {
    if (job?.finishedOn === undefined) return;
    const why = crashReason(job.failedReason) ?? job.failedReason;
    deps.background(() => abandonSku(deps, job.data, why));
  });
  removeIfGone(deps, worker);
  return { worker, overcommit };
}

/** Runs the handler until it says how this start ends, and tells BullMQ. */
async function follow(
  deps: SkuWorkerDeps,
  job: Job<SkuJobData>,
  token: string | undefined,
  skuJob: SkuJob,
  handle: (job: SkuJob) => Promise<SkuOutcome>,
): Promise<void> {
  const { signal } = skuJob;
  for (;;) {
    const outcome = await handle(skuJob).catch((error: unknown) => {
      if (error instanceof NotUnderstood) return { next: 'handBack' } as const;
      if (error instanceof SkuTaken || signal.aborted) return { next: 'drop' } as const;
      throw error;
    });
    if (outcome.next === 'handBack') {
      await putBackSkuScript(deps.redis, [deps.keys.batch(skuJob.batchId)], [skuJob.index, skuJob.run]);
      return handBackUnknown(job, token);
    }
    if (outcome.next === 'drop' && signal.aborted && deps.isClosing()) return handBack(job, token);
    if (outcome.next === 'done' || outcome.next === 'drop') return;
    if (outcome.next === 'wait') return handBack(job, token, outcome.ms);
    if (outcome.next === 'fail') throw new UnrecoverableError(outcome.failure.message);
    if (outcome.next === 'retry') throw new Error(outcome.failure.message);
    const { added, inProgressElsewhere } = await addCalls(deps, job, outcome.calls, outcome.atOnce);
    if (added > 0 && (await job.moveToWaitingChildren(token ?? ''))) throw new WaitingChildrenError();
    if (added === 0 && inProgressElsewhere.length > 0) {
      return awaitCalls(deps, job, token, inProgressElsewhere, elsewhereMs(job.attemptsStarted));
    }
  }
}

/** Looks soon at first, then ever less often: thousands of SKUs may wait for one picture that waits for quota. */
function elsewhereMs(starts: number): number {
  return ELSEWHERE_MS * Math.min(20, Math.max(1, starts));
}

function skuJobOf(
  deps: SkuWorkerDeps,
  job: Job<SkuJobData>,
  overcommit: Overcommit['begin'],
  signal: AbortSignal = new AbortController().signal,
): SkuJob {
  const { redis, keys, pools } = deps;
  const { batchId, index, run } = job.data;
  const batch = keys.batch(batchId);
  let lastTold: TimelineEntry | undefined;
  let stepOfBefore: SkuStep | undefined;
  const tell = (record: SkuRecord) => {
    const { stage, code, rules } = tallyOf(record);
    const times = timesSince(record.timeline, lastTold);
    lastTold = record.timeline.at(-1);
    return [stage, code, rules, ...times];
  };
  return {
    batchId,
    index,
    run,
    attempt: job.attemptsMade + 1,
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    get step() {
      return job.data.step ?? stepOfBefore;
    },
    signal,
    overcommit,
    async begin() {
      const [hasDetails, ...parts] = (await beginSkuScript(redis, [batch], [index, run])) as [
        number,
        ...string[],
      ];
      // This run owns the SKU by now: no other writes its details.
      const details = hasDetails === 1 ? await redis.hgetBuffer(`${batch}:details`, String(index)) : null;
      const begun = begunSku(parts, details);
      lastTold = begun?.record?.timeline.at(-1);
      if (begun && job.data.step === undefined) stepOfBefore = await readStep(redis, batch, index);
      return begun;
    },
    async saveStep(step) {
      const saved = SkuStep.parse(step);
      await job.updateData({ ...job.data, step: saved });
      // A pause takes the job away; the next run's job goes on from here, instead of fetching every photo anew.
      await redis.hset(`${batch}:steps`, String(index), JSON.stringify(saved));
    },
    async note(record) {
      const args = [index, run, written(record), record.images.length, ...tell(record)];
      if (Number(await noteSkuScript(redis, [batch, keys.throughput], args)) === 0) throw new SkuTaken();
      if (record.stage !== null) deps.atStage(job.id ?? '', record.stage);
      await job.updateProgress({ ...progressOf(job), stage: record.stage ?? '' });
    },
    async finish(state, record) {
      const { brief, details } = splitRecord(record);
      const [hasMoved] = (await finishSkuScript(
        redis,
        [batch, keys.totals, keys.open, keys.throughput],
        [
          index,
          run,
          STATE_CHARACTER[state],
          written(brief),
          record.images.length,
          record.failure?.code ?? '',
          0,
          details,
          ...tell(record),
        ],
      )) as [number, number];
      if (Number(hasMoved) === 0) return;
      const code = record.failure?.code;
      const startedAt = job.timestamp;
      recordSku(job.opts.telemetry?.metadata, {
        batchId,
        index,
        run,
        state,
        startedAt,
        ...(code && { code }),
      });
    },
    async callFailure(call) {
      const id = aiJobId(job.id ?? '', call.callKey);
      const made = await pools.of(call).aiQueue.getJob(id);
      if (!made || (await made.getState()) !== 'failed') return null;
      return failureOf(made.failedReason);
    },
    async isOnTheWire(callKey) {
      const [requests, parcel] = await Promise.all([
        redis.hvals(keys.unsettled),
        redis.hget(keys.parcelled, callKey),
      ]);
      return parcel !== null || requests.some((request) => request.includes(callKey));
    },
    isInEconomyLane: () => isInEconomyLane(deps, batchId, index),
    troubles: deps.troubles,
    notePhoto: (sha256, words) => notePhoto(deps, batchId, index, sha256, words),
    supplierPauseMs: async (host) => Math.max(0, await redis.pttl(keys.supplierPause(host))),
    async pauseSupplier(host, ms) {
      await redis.set(keys.supplierPause(host), '', 'PX', Math.max(1, Math.round(ms)));
    },
    async noteReuse(callKey) {
      await noteReuseScript(redis, [batch, keys.totals], [index, callKey]);
    },
    budgetAllows: (usd) => budgetAllows(deps, batchId, usd),
    async countImage(mode, status) {
      await redis.hincrby(keys.totals, `images:${mode}:${status}`, 1);
    },
  };
}

function begunSku(
  [input, options, record, tenant, plan, samplePass, ...nextPlans]: string[],
  details: Buffer | null,
): BegunSku | null {
  if (input === undefined || options === undefined) return null;
  return {
    tenant: tenant ?? 'default',
    input: understood(SkuInput, input),
    options: understood(BatchOptions, options),
    plan: plan ? understood(BatchPlan, plan) : null,
    samplePass: Number(samplePass ?? 0),
    nextPlans: nextPlans.map((json) => understood(BatchPlan, json)),
    record: record ? joinDetails(understood(SkuRecord, record), details) : null,
  };
}

/** How far an earlier run had come with a SKU that has not ended since; a step of a newer version is no step. */
async function readStep(
  redis: SkuWorkerDeps['redis'],
  batch: string,
  index: number,
): Promise<SkuStep | undefined> {
  const json = await redis.hget(`${batch}:steps`, String(index));
  return json ? SkuStep.safeParse(JSON.parse(json)).data : undefined;
}

/** Exactly what the schema knows: anything else would read as the work of a newer version. */
function written(record: SkuRecord): string {
  return JSON.stringify(SkuRecord.parse(record));
}

function understood<Schema extends z.ZodType>(schema: Schema, json: string): z.output<Schema> {
  const parsed = parseKnown(schema, JSON.parse(json));
  if (parsed === null) throw new NotUnderstood('another version of this program wrote it');
  return parsed;
}

/** The AI worker writes its failures as JSON; anything else is BullMQ's own word, e.g. for a stalled job. */
function failureOf(reason: string | undefined): CallFailure {
  try {
    return CallFailure.parse(JSON.parse(reason ?? ''));
  } catch {
    const why = crashReason(reason) ?? String(reason);
    return {
      code: 'INTERNAL',
      ...say`the AI call was given up: ${why}`,
      stage: 'generate',
      retryable: true,
    };
  }
}

/** Ends a SKU as failed in the name of a job that cannot speak for itself. */
async function abandonSku(deps: WorkerDeps, data: SkuJobData, why: string): Promise<void> {
  const { redis, keys } = deps;
  const batch = keys.batch(data.batchId);
  const known = await redis.hget(`${batch}:records`, String(data.index));
  const record: SkuRecord = known
    ? SkuRecord.parse(JSON.parse(known))
    : { stage: null, attempts: 0, timeline: [], images: [] };
  const failure: Failure = {
    code: 'INTERNAL',
    message: why,
    stage: record.stage ?? 'download',
    retryable: true,
  };
  await finishSkuScript(
    redis,
    [batch, keys.totals, keys.open, keys.throughput],
    [
      data.index,
      data.run,
      'f',
      JSON.stringify({ ...record, failure }),
      record.images.length,
      failure.code,
      1,
      '',
      ...Object.values(tallyOf({ ...record, failure })),
    ],
  );
}
