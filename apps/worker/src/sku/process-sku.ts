import {
  type Failure,
  type ImageKind,
  type SkuRecord,
  StageError,
  type StoredInput,
  stateByPictures,
  toFailure,
} from '@image-studio/contract';
import { createSemaphore } from '@image-studio/imaging/pool';
import {
  chooseSources,
  inputBudget,
  type PlanContext,
  planBatch,
  planInForce,
  planMainCall,
  planSecondaryCalls,
  type SourceRef,
  secondaryKinds,
} from '@image-studio/planning';
import type { SkuJob, SkuOutcome } from '@image-studio/queue';
import { STORE_WAIT_MS, StoreUnavailable } from '../store/store-unavailable.ts';
import { acquireInput } from './acquire-input.ts';
import { adjustPictures } from './adjust-pictures.ts';
import { awaitSupplier, SupplierPaused } from './await-supplier.ts';
import { beginSamplePass } from './begin-sample-pass.ts';
import { callsOfNextModels, type Planner } from './calls-of-next-models.ts';
import { chooseModel, isMoved } from './choose-model.ts';
import { completePicture } from './complete-picture.ts';
import { holdSharedPhoto } from './hold-shared-photo.ts';
import { keepPreviousImage } from './keep-previous-image.ts';
import { loadSavedInputs } from './load-saved-inputs.ts';
import type { StoredCall } from './paid-picture.ts';
import { requestRegeneration } from './request-regeneration.ts';
import { openSkuProgress, type SkuProgress } from './sku-progress.ts';
import type { SkuProcessorDeps, SkuWork } from './sku-work.ts';

/**
 * Pictures per core whose bytes a worker holds: while one is worked on, the next ones are read from a store that may take half a
 * second. Dozens more may wait for a core, megabytes each: those stay in the store.
 */
const HELD_PER_CORE = 4;

/**
 * The step machine of one SKU: source → main → secondary → done. Each start goes as far as it can; where a picture
 * has yet to be made it saves its step, hands the calls to the `ai` queue and holds nothing while it waits. Every
 * step may run twice: what was done before is found in the job's step, the ledger and the record.
 */
export function createSkuProcessor(deps: SkuProcessorDeps): (job: SkuJob) => Promise<SkuOutcome> {
  const inHand = createSemaphore(HELD_PER_CORE * deps.pictureThreads);
  return async (job) => {
    const begun = await job.begin();
    if (!begun) return { next: 'drop' };
    const progress = openSkuProgress(job, begun.input.sku, begun.record, deps.observer);
    beginSamplePass(progress.record, begun.samplePass);
    try {
      const plan = planInForce(begun.plan, begun.options, deps.model);
      const pictures = deps.pictures.ownedBy(begun.tenant);
      return await advance({ ...deps, pictures, inHand, job, begun, progress, plan });
    } catch (error) {
      if (job.signal.aborted) return { next: 'drop' };
      return conclude(job, progress, error);
    }
  };
}

async function advance(work: SkuWork): Promise<SkuOutcome> {
  const { job, begun, progress } = work;
  const { options } = begun;
  if (await adjustPictures(work)) return finishSku(work);
  const sources = chooseSources(begun.input, progress.record.redo?.main?.photo);
  let inputs = await loadSavedInputs(
    job,
    work.store,
    [sources.main, ...sources.others].map(({ url }) => url),
  );

  if (options.main !== false) {
    const main = inputs[0] ?? (await acquire(work, sources.main, 'main'));
    inputs = [main, ...inputs.slice(1)];
    const held = await holdSharedPhoto(work, main);
    if (held) return held;
    const plan: Planner = (context) => [planMainCall(context, main)];
    const pending = await resolveSlots(work, plan);
    if (pending.length > 0) return waitFor(work, inputs, { plan, pending });
  }

  if (options.secondary !== false) {
    const all = [sources.main, ...sources.others].slice(0, inputBudget(planContext(work)).photos);
    for (const source of all.slice(inputs.length)) {
      inputs = [...inputs, await acquire(work, source, secondaryKinds(options)[0] ?? 'detail')];
    }
    const [first] = inputs;
    const held = options.main === false && first ? await holdSharedPhoto(work, first) : null;
    if (held) return held;
    const plan: Planner = (context) => planSecondaryCalls(context, inputs);
    const pending = await resolveSlots(work, plan);
    if (pending.length > 0) return waitFor(work, inputs, { plan, pending });
  }

  return finishSku(work);
}

async function finishSku({ job, progress }: SkuWork): Promise<SkuOutcome> {
  progress.record.stage = null;
  progress.setFailure(undefined);
  await job.finish(stateByPictures(progress.record.images), progress.record);
  return { next: 'done' };
}

/**
 * Finishes and uploads every picture that is there; returns the calls that have yet to be made. A call that failed
 * does not keep the others from being finished: its failure is thrown last.
 */
async function resolveSlots(work: SkuWork, plan: Planner): Promise<StoredCall[]> {
  const { job, progress } = work;
  const pending: StoredCall[] = [];
  let fault: unknown;
  for (const { slot, role } of plan(planContext(work))) {
    try {
      const call = await resolveSlot(work, plan, slot);
      if (call) pending.push(call);
    } catch (error) {
      if (job.signal.aborted) throw error;
      if (role === 'main' || (error instanceof StageError && error.verdict === 'retry')) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined && pending.length === 0) throw fault;
  if (pending.length > 0) {
    progress.record.stage = 'generate';
    await job.note(progress.record);
  }
  return pending;
}

/** Goes on with one slot until its picture is listed (`null`) or a call has to be made for it. */
async function resolveSlot(work: SkuWork, plan: Planner, slot: string): Promise<StoredCall | null> {
  const { job, progress } = work;
  for (;;) {
    const call = plan(planContext(work)).find((one) => one.slot === slot);
    if (!call) return null;
    if (isDone(progress.record, call)) {
      if (await requestRegeneration(work, call)) continue;
      return null;
    }
    try {
      const chosen = await chooseModel(work, call, (own) =>
        plan({ ...planContext(work), plan: own }).find((one) => one.slot === slot),
      );
      const { picture } = chosen;
      if (!picture) return chosen.call;
      await completePicture(work, { ...chosen, picture });
    } catch (error) {
      if (job.signal.aborted) throw error;
      if (!replaceGoneModel(work, error) && !keepPreviousImage(progress.record, call, error)) throw error;
    }
  }
}

/**
 * The model that the fleet had when the batch was submitted may be gone by now, and the fleet may have another one. A SKU
 * whose call failed for that plans its open calls with the model of today; a model that the batch named stays its wish.
 * Nothing is written down: at its next start the SKU finds the failed call, or the picture, again.
 */
function replaceGoneModel(work: SkuWork, error: unknown): boolean {
  const { options } = work.begun;
  if (!(error instanceof StageError) || error.code !== 'MODEL_MISCONFIGURED') return false;
  const { model, models = [] } = options;
  if (model !== undefined || models.length > 0 || work.plan.pool !== undefined) return false;
  if (work.plan.fallbacks !== undefined) return false;
  if (work.plan.model === work.model.defaultModel) return false;
  work.plan = planBatch(options, work.model);
  return true;
}

/** Ends this start until the calls have ended. Where models are compared, the next models' calls are made beside them. */
async function waitFor(
  work: SkuWork,
  inputs: StoredInput[],
  { plan, pending }: { plan: Planner; pending: StoredCall[] },
): Promise<SkuOutcome> {
  await work.job.saveStep({ inputs });
  const calls = [...pending, ...(await callsOfNextModels(work, planContext(work), plan, pending))];
  return {
    next: 'waitForCalls',
    calls: calls.map(({ slot: _, round: __, commonKey: ___, ...request }) => request),
    // Calls of the wished model alone wait for a parcel.
    atOnce: pending.filter((call) => isMoved(work, call)).map(({ callKey }) => callKey),
  };
}

/** How a start ends that threw: it waits while the store is away or the supplier is paused, is tried again while an attempt is left and could help, and otherwise ends the SKU with the reason. */
async function conclude(job: SkuJob, progress: SkuProgress, error: unknown): Promise<SkuOutcome> {
  if (error instanceof SupplierPaused) {
    await job.note(progress.record);
    return { next: 'wait', ms: error.ms };
  }
  if (error instanceof StoreUnavailable) {
    await job.note(progress.record);
    return { next: 'wait', ms: STORE_WAIT_MS };
  }
  const failure: Failure = toFailure(error, progress.record.stage ?? 'download');
  const couldHelp = !(error instanceof StageError) || error.verdict === 'retry';
  progress.setFailure(failure);
  if (couldHelp && !job.isLastAttempt) {
    await job.note(progress.record);
    return { next: 'retry', failure };
  }
  await job.countImage(
    progress.record.images.some(({ role }) => role === 'main') ? 'secondary' : 'main',
    'failed',
  );
  await job.finish('failed', progress.record);
  return { next: 'fail', failure };
}

function acquire(work: SkuWork, source: SourceRef, kind: ImageKind) {
  const { job, progress } = work;
  const { maxBytes, maxSide, keepAlpha } = inputBudget(planContext(work));
  return awaitSupplier(job, progress.record, source.url, () =>
    acquireInput(work, source, {
      kind,
      maxBytes,
      maxSide,
      keepAlpha,
      scope: work.plan.scope,
      tenant: work.begun.tenant,
      progress,
      signal: job.signal,
      overcommit: () => job.overcommit(),
    }),
  );
}

/**
 * Whether the latest round of a slot brought its picture, or ended with an earlier one. It goes by the round, not by the key of
 * the call: a photo that the supplier has changed meanwhile, or a model that is gone, is no reason to buy a listed picture
 * again. An outdated picture is made anew, as the batch is planned now.
 */
function isDone({ images, redo }: SkuRecord, call: StoredCall): boolean {
  const image = images.find(({ slot }) => slot === call.slot);
  if (image === undefined || image.outdated) return false;
  return (image.round ?? 0) >= call.round || redo?.[call.slot]?.kept === true;
}

function planContext({ begun, plan, progress }: SkuWork): PlanContext {
  return { options: begun.options, sku: begun.input, plan, redo: progress.record.redo };
}
