import { setTimeout as sleep } from 'node:timers/promises';
import { type AiJobData, type LedgerEntry, payerOf, toFailure } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { CallJob, CallOutcome, CallResult, StudioWorker } from '@image-studio/queue';
import { callResultKey, type ObjectStore } from '@image-studio/storage';
import { span } from '@image-studio/tracing';
import { type ImageModel, type ModelAnswer, ModelError, type ModelErrorKind } from '../models/image-model.ts';
import { PhotoGone, readInputs } from '../store/read-inputs.ts';
import { identityOf } from '../store/read-stored-picture.ts';
import type { StoreGate } from '../store/store-gate.ts';
import { STORE_WAIT_MS, StoreUnavailable } from '../store/store-unavailable.ts';
import { entryOfUnbooked, findUnbookedPicture } from '../store/unbooked-picture.ts';
import { judgeModelError, MOST_WAIT_MS, ODD_ANSWERS } from './judge-model-error.ts';
import { putUntilStored } from './put-until-stored.ts';

export interface CallProcessorDeps {
  model: ImageModel;
  store: ObjectStore;
  /** The ledger, and the controls of the model's pool. */
  studio: Pick<StudioWorker, 'ledger' | 'schedule' | 'stopCalls' | 'warnOperator'>;
  gate: Pick<StoreGate, 'assertOpen' | 'opened'>;
  pictures: Pick<PictureWork, 'inspect'>;
  timeoutMs: number;
  observer: { callEnded(fields: { role: string; outcome: string; ms: number; costUsd: number }): void };
}

/**
 * One AI call, at most one request. The order is what makes it pay-once: look it up, claim it, wait for the slot, reserve
 * its price, send it, store the picture, book it in the ledger, settle the reservation; and only then anything else.
 */
export function createCallProcessor(deps: CallProcessorDeps): (job: CallJob) => Promise<CallOutcome> {
  const answers = countUnreadable();
  return async (job) => {
    try {
      if (await lookUp(deps, job)) return { next: 'done' };
      if (!(await job.claim())) return { next: 'done' };
      // Nothing failed: its SKU looks again, and waits for a person.
      if (await job.isPhotoHeld()) return { next: 'done' };
      const inputs = await span('wait for slot', {}, () => waitForSlot(deps, job));
      if (inputs === null) return { next: 'drop' };
      if (inputs === 'far') return { next: 'requeue' };
      const refusal = await reserve(deps, job);
      if (refusal) return refusal;
      const sent = await span('generate', { attributes: callAttributes(job.data) }, async (sending) => {
        const outcome = await send(deps, job, inputs);
        if ('fault' in outcome) sending.fail(outcome.fault);
        return outcome;
      });
      if ('fault' in sent) {
        return settleFault(deps, job, sent, ODD_ANSWERS.has(sent.fault.kind) ? answers.note(false) : 0);
      }
      answers.note(true);
      const entry = await span('store', {}, () => store(deps, job, sent));
      await deps.studio.ledger.record(job.data.callKey, entry);
      await settle(deps, job, sent);
      return { next: 'done' };
    } catch (error) {
      return judgeOurFault(job, error);
    }
  };
}

function callAttributes({ model, role, kind, batchId, index }: AiJobData) {
  return {
    'gen_ai.request.model': model,
    'studio.picture.role': role,
    'studio.picture.kind': kind,
    'studio.batch.id': batchId,
    'studio.sku.index': index,
  };
}

/** Counts answers in a row that could not be read. */
function countUnreadable() {
  let unreadable = 0;
  return {
    note(isReadable: boolean): number {
      unreadable = isReadable ? 0 : unreadable + 1;
      return unreadable;
    },
  };
}

/** Whether the picture is paid for: by another SKU, or by an earlier start of this job. */
async function lookUp(deps: CallProcessorDeps, job: CallJob): Promise<boolean> {
  const paid = await deps.studio.ledger.find(job.data.callKey);
  if (!paid) return recoverPicture(deps, job);
  const isOwn = paid.payer === payerOf(job.data);
  await job.quota.settleEarlier(isOwn ? { costUsd: paid.costUsd, request: paid.request } : null);
  return true;
}

/**
 * Takes up what an earlier start of this job left behind when its process died. A request that nobody settled is counted as
 * lost and, because the provider bills it all the same, as paid. A picture that was stored but not yet written to the ledger is
 * taken over instead of being bought again, if it can be decoded; returns whether there was one.
 */
async function recoverPicture(deps: CallProcessorDeps, job: CallJob): Promise<boolean> {
  const { data } = job;
  const costUsd = deps.model.estimateUsd(data);
  const picture = await findUnbookedPicture(deps, data.callKey, job.signal);
  const isOwn = await job.quota.settleEarlier(picture ? { costUsd } : null);
  if (!picture) return false;
  // Without a request of this job it was paid for before the ledger remembers: nobody pays again.
  const payer = isOwn ? payerOf(data) : 'unknown';
  await deps.studio.ledger.record(
    data.callKey,
    entryOfUnbooked(picture, { model: data.model, costUsd, payer }),
  );
  return true;
}

type Images = { mime: string; data: Buffer }[];

/**
 * A call that another model may make does not wait here for the end of a longer pause, which may last a day. It waits in the
 * queue, from which it can be moved.
 */
const LONG_PAUSE_MS = 5000;

/**
 * The photos for the request, read while the call waits for its slot; `null` when nobody wants the call any more, `far` when
 * the call is to wait in its queue.
 */
async function waitForSlot(deps: CallProcessorDeps, job: CallJob): Promise<Images | 'far' | null> {
  const slot = await job.quota.nextSlot();
  if (slot === null) return null;
  if (slot.pausedMs > LONG_PAUSE_MS && job.data.fallbacks?.length) return 'far';
  const slotAt = performance.now() + slot.inMs;
  const inputs = await readInputs(deps.store, job.data.inputs, job.signal);
  await sleep(Math.max(0, slotAt - performance.now()), undefined, { signal: job.signal });
  return inputs;
}

/** The last look before money is spent: why the call may not be sent now, or `null` when its price is reserved. */
async function reserve(deps: CallProcessorDeps, job: CallJob): Promise<CallOutcome | null> {
  // A picture that cannot be stored should not be bought.
  deps.gate.assertOpen();
  const start = await job.quota.reserve(deps.model.estimateUsd(job.data));
  if (start.verdict === 'go') return null;
  if (start.verdict === 'stale') return { next: 'drop' };
  return { next: 'requeue', ...(start.ms !== undefined && { ms: start.ms }) };
}

/** How a request ended, and how long it took (ms). */
type Sent = { ms: number } & ({ answer: ModelAnswer } | { fault: ModelError });

async function send(deps: CallProcessorDeps, job: CallJob, inputs: Images): Promise<Sent> {
  const started = performance.now();
  const ms = () => performance.now() - started;
  try {
    const request = { ...requestOf(job.data, inputs, deps.timeoutMs), onUsedUp: heedUsedUp(deps) };
    return { answer: await deps.model.generate(request, job.signal), ms: ms() };
  } catch (error) {
    if (error instanceof ModelError) return { fault: error, ms: ms() };
    return { fault: new ModelError('malformed', String(error), { cause: error }), ms: ms() };
  }
}

/**
 * An answer may say that the account has nothing left for a while: its pool waits for that, before a 429 says so. Nothing waits for the
 * note to be written, least of all the picture that has just been paid for; where it is lost, the 429 comes.
 */
function heedUsedUp({ studio }: CallProcessorDeps): (ms: number) => void {
  return (ms) => {
    studio.schedule.pause(Math.min(ms, MOST_WAIT_MS.rateLimitMinute)).catch(() => {});
  };
}

/** Puts the picture into the object store. Returns what the ledger is to remember of it. */
async function store(
  deps: CallProcessorDeps,
  job: CallJob,
  { answer, ms }: { answer: ModelAnswer; ms: number },
): Promise<LedgerEntry> {
  const key = callResultKey(job.data.callKey);
  try {
    await putUntilStored(deps.store, key, answer, job.signal, deps.gate.opened);
  } catch (error) {
    // Cancelled while the store was away: the picture is lost, the bill is not.
    const { costUsd } = answer;
    await job.quota.settle({ outcome: 'lost', costUsd, latencyMs: ms, health: 'up', counted: true });
    throw error;
  }
  return {
    key,
    mime: answer.mime,
    ...identityOf(answer.image),
    model: answer.modelVersion ?? job.data.model,
    costUsd: answer.costUsd,
    usage: answer.usage,
    payer: payerOf(job.data),
    request: job.request,
    at: new Date().toISOString(),
    ms: Math.round(ms),
    ...(answer.note === undefined ? {} : { note: answer.note }),
  };
}

/** The reservation becomes what the picture cost. */
async function settle(
  deps: CallProcessorDeps,
  job: CallJob,
  { answer, ms }: { answer: ModelAnswer; ms: number },
): Promise<void> {
  const { costUsd } = answer;
  deps.observer.callEnded({ role: job.data.role, outcome: 'ok', ms, costUsd });
  await job.quota.settle({ outcome: 'ok', costUsd, latencyMs: ms, health: 'up', counted: true });
}

/** A request without a picture: the reservation becomes what it cost all the same; says what becomes of the job. */
async function settleFault(
  deps: CallProcessorDeps,
  job: CallJob,
  { fault, ms }: { fault: ModelError; ms: number },
  unreadable: number,
): Promise<CallOutcome> {
  // A request that is left before its answer is billed in full, and so is an answer that we could not take.
  const isUnseen = LEFT_BEHIND.has(fault.kind) || (fault.mayBeBought && fault.costUsd === 0);
  const costUsd = isUnseen ? deps.model.estimateUsd(job.data) : fault.costUsd;
  deps.observer.callEnded({ role: job.data.role, outcome: fault.kind, ms, costUsd });
  const { breakerOpen } = await job.quota.settle({
    outcome: fault.kind,
    costUsd,
    latencyMs: ms,
    health: healthOf(fault.kind),
    counted: !REFUSED_AT_THE_DOOR.has(fault.kind),
  });
  return judgeModelError(fault, job, { ...deps, breakerOpen, unreadable });
}

/** Decides what becomes of the job after a fault of our own, before the request or after its answer. */
function judgeOurFault(job: CallJob, error: unknown): CallOutcome {
  if (job.signal.aborted) return { next: 'drop' };
  // No call was made, and none has failed: the SKU finds no picture, prepares its photo anew, and asks again.
  if (error instanceof PhotoGone) return { next: 'done' };
  if (error instanceof StoreUnavailable) return { next: 'requeue', ms: STORE_WAIT_MS };
  const failure = toFailure(error, 'generate');
  return failure.retryable ? { next: 'retry', failure } : { next: 'fail', failure };
}

const LEFT_BEHIND: ReadonlySet<ModelErrorKind> = new Set(['cancelled', 'timeout']);

/** A provider that turns a call away does not count it; one that fails in the middle of it does. */
const REFUSED_AT_THE_DOOR: ReadonlySet<ModelErrorKind> = new Set([
  'rateLimitMinute',
  'rateLimitDay',
  'spendLimit',
  'quotaZero',
  'auth',
  'modelGone',
]);

function healthOf(kind: ModelErrorKind): CallResult['health'] {
  if (kind === 'overloaded' || kind === 'server' || kind === 'network' || kind === 'timeout') return 'down';
  return kind === 'cancelled' ? 'unknown' : 'up';
}

function requestOf(data: AiJobData, inputs: Images, timeoutMs: number) {
  const { model, prompt, aspectRatio, imageSize, kind, temperature } = data;
  return {
    model,
    inputs,
    prompt,
    aspectRatio,
    imageSize,
    kind,
    timeoutMs,
    ...(temperature === undefined ? {} : { temperature }),
  };
}
