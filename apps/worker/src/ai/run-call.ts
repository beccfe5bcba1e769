import { setTimeout as sleep } from 'node:timers/promises';
import { type AiJobData, toFailure } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging';
import type { CallJob, CallOutcome, CallResult, StudioWorker } from '@image-studio/queue';
import { callResultKey, type ObjectStore } from '@image-studio/storage';
import { type ImageModel, type ModelAnswer, ModelError, type ModelErrorKind } from '../model/image-model.ts';
import { PhotoGone, readInputs } from '../pipeline/read-inputs.ts';
import { payerOf } from '../sku/find-picture.ts';
import { identityOf, readStoredPicture } from '../store/read-stored-picture.ts';
import { STORE_WAIT_MS, StoreAway } from '../store/store-away.ts';
import type { StoreGate } from '../store/store-gate.ts';
import { judgeModelError, ODD_ANSWERS } from './judge-model-error.ts';
import { putUntilStored } from './put-until-stored.ts';

export interface CallProcessorDeps {
  model: ImageModel;
  store: ObjectStore;
  studio: Pick<StudioWorker, 'ledger' | 'schedule' | 'pauseCalls' | 'warnOperator'>;
  gate: Pick<StoreGate, 'assertOpen' | 'opened'>;
  pictures: Pick<PictureWork, 'inspect'>;
  timeoutMs: number;
  observer: { callEnded(fields: { role: string; outcome: string; ms: number; costUsd: number }): void };
}

/**
 * One AI call, at most one request. The order is what makes it pay-once: look in the ledger, take a slot, get the
 * request ready, look a last time whether anybody still wants it, send, and then store the bytes, write the ledger,
 * and only after that do anything else.
 */
export function createCallProcessor(deps: CallProcessorDeps): (job: CallJob) => Promise<CallOutcome> {
  const { store, studio } = deps;
  /** Answers in a row that could not be read. */
  let unreadable = 0;
  const onAnswer = (isReadable: boolean) => {
    unreadable = isReadable ? 0 : unreadable + 1;
    return unreadable;
  };
  return async (job) => {
    try {
      const paid = await studio.ledger.find(job.data.callKey);
      if (paid) {
        const isOwn = paid.payer === payerOf(job.data);
        await job.settleEarlier(isOwn ? { costUsd: paid.costUsd, request: paid.request } : null);
        return { next: 'done' };
      }
      if (await recoverPicture(deps, job)) return { next: 'done' };
      // Nothing failed: its SKU looks again, and waits for a person.
      if (await job.isPhotoHeld()) return { next: 'done' };
      const untilSlotMs = await job.reserveSlot();
      if (untilSlotMs === null) return { next: 'drop' };
      const slotAt = performance.now() + untilSlotMs;
      const images = await readInputs(store, job.data.inputs, job.signal);
      await sleep(Math.max(0, slotAt - performance.now()), undefined, { signal: job.signal });
      // A picture that cannot be stored should not be bought.
      deps.gate.assertOpen();
      const start = await job.start(deps.model.estimateUsd(job.data));
      if (start.verdict === 'stale') return { next: 'drop' };
      if (start.verdict === 'wait') {
        return { next: 'requeue', ...(start.ms !== undefined && { ms: start.ms }) };
      }
      return await makeCall({ ...deps, onAnswer }, job, images);
    } catch (error) {
      if (job.signal.aborted) return { next: 'drop' };
      // No call was made, and none has failed: the SKU finds no picture, prepares its photo anew, and asks again.
      if (error instanceof PhotoGone) return { next: 'done' };
      if (error instanceof StoreAway) return { next: 'requeue', ms: STORE_WAIT_MS };
      const failure = toFailure(error, 'generate');
      return failure.retryable ? { next: 'retry', failure } : { next: 'fail', failure };
    }
  };
}

/**
 * What an earlier start of this job left behind when its process died. A request that nobody settled is counted as
 * lost and, because the provider bills it all the same, as paid. A picture that was stored but not yet written to the
 * ledger is taken over instead of being bought again, if it can be decoded; returns whether there was one.
 */
async function recoverPicture(deps: CallProcessorDeps, job: CallJob): Promise<boolean> {
  const { data } = job;
  const costUsd = deps.model.estimateUsd(data);
  const key = callResultKey(data.callKey);
  const stored = await deps.store.head(key);
  const found = stored && (await readStoredPicture(deps, { key }, job.signal));
  const picture = found && 'data' in found ? found : null;
  const isOwn = await job.settleEarlier(picture ? { costUsd } : null);
  if (!stored || !picture) return false;
  await deps.studio.ledger.record(data.callKey, {
    key,
    mime: picture.mime ?? stored.contentType,
    ...identityOf(picture.data),
    model: data.model,
    costUsd,
    usage: { promptTokens: 0, imageTokens: 0, textTokens: 0 },
    // Without a request of this job it was paid for before the ledger remembers: nobody pays again.
    payer: isOwn ? payerOf(data) : 'unknown',
    at: stored.modifiedAt.toISOString(),
    ms: 0,
  });
  return true;
}

type Images = { mime: string; data: Buffer }[];

/** `onAnswer` is told of every answer whether it could be read, and tells how many in a row could not. */
type CallDeps = CallProcessorDeps & { onAnswer(isReadable: boolean): number };

async function makeCall(deps: CallDeps, job: CallJob, inputs: Images): Promise<CallOutcome> {
  const { data, signal } = job;
  const started = performance.now();
  const report = (outcome: string, costUsd: number) =>
    deps.observer.callEnded({ role: data.role, outcome, ms: performance.now() - started, costUsd });
  let answer: ModelAnswer;
  try {
    answer = await deps.model.generate(requestOf(data, inputs, deps.timeoutMs), signal);
  } catch (error) {
    const fault =
      error instanceof ModelError ? error : new ModelError('malformed', String(error), { cause: error });
    // A request that is left before its answer is billed in full, and so is an answer that we could not take.
    const isUnseen = LEFT_BEHIND.has(fault.kind) || (fault.mayBeBought && fault.costUsd === 0);
    const costUsd = isUnseen ? deps.model.estimateUsd(data) : fault.costUsd;
    report(fault.kind, costUsd);
    const { breakerOpen } = await job.settle({
      outcome: fault.kind,
      costUsd,
      latencyMs: performance.now() - started,
      health: healthOf(fault.kind),
      counted: !REFUSED_AT_THE_DOOR.has(fault.kind),
    });
    const unreadable = ODD_ANSWERS.has(fault.kind) ? deps.onAnswer(false) : 0;
    return judgeModelError(fault, job, { ...deps, breakerOpen, unreadable });
  }
  deps.onAnswer(true);
  const ms = Math.round(performance.now() - started);
  const key = callResultKey(data.callKey);
  try {
    await putUntilStored(deps.store, key, answer, signal, deps.gate.opened);
  } catch (error) {
    // Cancelled while the store was away: the picture is lost, the bill is not.
    const { costUsd } = answer;
    await job.settle({ outcome: 'lost', costUsd, latencyMs: ms, health: 'up', counted: true });
    throw error;
  }
  await deps.studio.ledger.record(data.callKey, {
    key,
    mime: answer.mime,
    ...identityOf(answer.image),
    model: answer.modelVersion ?? data.model,
    costUsd: answer.costUsd,
    usage: answer.usage,
    payer: payerOf(data),
    request: job.request,
    at: new Date().toISOString(),
    ms,
    ...(answer.note === undefined ? {} : { note: answer.note }),
  });
  report('ok', answer.costUsd);
  await job.settle({ outcome: 'ok', costUsd: answer.costUsd, latencyMs: ms, health: 'up', counted: true });
  return { next: 'done' };
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
