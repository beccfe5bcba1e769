import {
  type Check,
  type Failure,
  type ImageKind,
  type LedgerEntry,
  StageError,
  type StoredInput,
  toFailure,
} from '@image-studio/contract';
import {
  chooseSources,
  inputBudget,
  type PlanContext,
  planMainCall,
  planOutput,
  planSecondaryCalls,
  type SourceRef,
  secondaryKinds,
} from '@image-studio/planning';
import type { BegunSku, Ledger, SkuJob, SkuOutcome } from '@image-studio/queue';
import type { ImageModel } from '../model/image-model.ts';
import { upload } from '../pipeline/upload.ts';
import { type AcquireDeps, acquireInput } from './acquire-input.ts';
import { obtainPicture, type StoredCall } from './obtain-picture.ts';
import { openSkuDiary, type SkuDiary, type StageObserver } from './sku-diary.ts';

export interface SkuProcessorDeps extends AcquireDeps {
  ledger: Ledger;
  model: ImageModel;
  observer: StageObserver;
}

/**
 * The step machine of one SKU: source → main → secondary → done. Each start goes as far as it can; where a picture
 * has yet to be made it saves its step, hands the calls to the `ai` queue and holds nothing while it waits. Every
 * step may run twice: what was done before is found in the job's step, the ledger and the record.
 */
export function createSkuProcessor(deps: SkuProcessorDeps): (job: SkuJob) => Promise<SkuOutcome> {
  return async (job) => {
    const begun = await job.begin();
    if (!begun) return { next: 'drop' };
    const diary = openSkuDiary(job, begun.input.sku, begun.record, deps.observer);
    try {
      return await advance({ ...deps, job, begun, diary, plan: planContext(deps, begun) });
    } catch (error) {
      if (job.signal.aborted) return { next: 'drop' };
      return conclude(job, diary, error);
    }
  };
}

interface Work extends SkuProcessorDeps {
  job: SkuJob;
  begun: BegunSku;
  diary: SkuDiary;
  plan: PlanContext;
}

async function advance(work: Work): Promise<SkuOutcome> {
  const { job, begun, diary } = work;
  const { options } = begun;
  const sources = chooseSources(begun.input.images);
  let inputs = job.step?.inputs ?? [];

  if (options.main !== false) {
    const main = inputs[0] ?? (await acquire(work, sources.main, 'main'));
    inputs = [main, ...inputs.slice(1)];
    const pending = await settle(work, [planMainCall(work.plan, main)]);
    if (pending.length > 0) return waitFor(job, inputs, pending);
  }

  if (options.secondary !== false) {
    const all = [sources.main, ...sources.others].slice(0, inputBudget(work.plan).photos);
    for (const source of all.slice(inputs.length)) {
      inputs = [...inputs, await acquire(work, source, secondaryKinds(options)[0] ?? 'detail')];
    }
    const pending = await settle(work, planSecondaryCalls(work.plan, inputs));
    if (pending.length > 0) return waitFor(job, inputs, pending);
  }

  diary.record.stage = null;
  diary.setFailure(undefined);
  await job.finish(allChecksPass(diary) ? 'completed' : 'needsReview', diary.record);
  return { next: 'done' };
}

/**
 * Finishes and uploads every picture that is there; returns the calls that have yet to be made. A call that failed
 * does not keep the others from being finished: its failure is thrown last.
 */
async function settle(work: Work, calls: StoredCall[]): Promise<StoredCall[]> {
  const { job, diary } = work;
  const pending: StoredCall[] = [];
  let fault: unknown;
  for (const call of calls) {
    if (isDone(work, call)) continue;
    try {
      const picture = await obtainPicture(work, job, call);
      if (picture) await complete(work, call, picture);
      else pending.push(call);
    } catch (error) {
      if (job.signal.aborted) throw error;
      if (call.role === 'main' || (error instanceof StageError && error.verdict === 'retry')) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined && pending.length === 0) throw fault;
  if (pending.length > 0) {
    diary.record.stage = 'generate';
    await job.note(diary.record);
  }
  return pending;
}

/** One paid picture → finished file → object store → record. */
async function complete(
  work: Work,
  call: StoredCall,
  picture: NonNullable<Awaited<ReturnType<typeof obtainPicture>>>,
): Promise<void> {
  const { job, begun, diary, store, pictures, model } = work;
  const output = planOutput(begun.options);
  const [input] = call.inputs;
  if (!input) throw new StageError('INTERNAL', 'the call has no source photo', { verdict: 'fail' });
  const { source } = input;
  diary.remark({
    stage: 'generate',
    kind: call.kind,
    at: picture.entry.at,
    ms: picture.reused ? 0 : picture.entry.ms,
    bytes: picture.data.length,
    reused: picture.reused,
  });
  const finished = await diary.stage(
    'finish',
    call.kind,
    () =>
      pictures.finish(
        picture.data,
        { ...output, role: call.role, aiGenerated: model.engine !== 'local' },
        job.signal,
      ),
    ({ data }) => data.length,
  );
  const listed = await diary.stage(
    'upload',
    call.kind,
    () =>
      upload(
        finished,
        {
          tenant: begun.tenant,
          sku: begun.input.sku,
          stem: source.stem,
          slot: call.slot,
          callKey: call.callKey,
          role: call.role,
          kind: call.kind,
        },
        store,
        job.signal,
      ),
    ({ bytes }) => bytes,
  );
  diary.addImage({
    ...listed,
    checks: [...listed.checks, ...remarksOf(picture.entry)],
    sourceUrl: source.url,
    sourceKey: input.key,
    callKey: call.callKey,
    reused: picture.reused,
    costUsd: picture.reused ? 0 : picture.entry.costUsd,
    model: picture.entry.model,
    prompt: call.prompt,
  });
  await job.note(diary.record);
  await job.countImage(call.role, 'success');
}

async function waitFor(job: SkuJob, inputs: StoredInput[], calls: StoredCall[]): Promise<SkuOutcome> {
  await job.saveStep({ inputs });
  return { next: 'waitForCalls', calls: calls.map(({ slot: _, ...request }) => request) };
}

/** A model that says it could not do what was asked is believed: the picture is kept, and somebody looks at it. */
function remarksOf({ note }: LedgerEntry): Check[] {
  return note === undefined
    ? []
    : [{ rule: 'engine', measured: note, required: 'the picture that was asked for', pass: false }];
}

/** Tries again while an attempt is left and could help; otherwise the SKU ends here, with the reason. */
async function conclude(job: SkuJob, diary: SkuDiary, error: unknown): Promise<SkuOutcome> {
  const failure: Failure = toFailure(error, diary.record.stage ?? 'download');
  const couldHelp = !(error instanceof StageError) || error.verdict === 'retry';
  diary.setFailure(failure);
  if (couldHelp && !job.isLastAttempt) {
    await job.note(diary.record);
    return { next: 'retry', failure };
  }
  await job.countImage(
    diary.record.images.some(({ role }) => role === 'main') ? 'secondary' : 'main',
    'failed',
  );
  await job.finish('failed', diary.record);
  return { next: 'fail', failure };
}

function acquire(work: Work, source: SourceRef, kind: ImageKind) {
  const { job, diary } = work;
  const { maxBytes } = inputBudget(work.plan);
  return acquireInput(work, source, { kind, maxBytes, diary, signal: job.signal });
}

function isDone(work: Work, call: StoredCall): boolean {
  return work.diary.record.images.some(({ callKey }) => callKey === call.callKey);
}

function allChecksPass(diary: SkuDiary): boolean {
  return diary.record.images.every(({ checks }) => checks.every(({ pass }) => pass));
}

function planContext(deps: SkuProcessorDeps, begun: BegunSku): PlanContext {
  return { options: begun.options, sku: begun.input, model: deps.model };
}
