import type {
  Failure,
  ImageKind,
  ImageRecord,
  SkuRecord,
  Stage,
  TimelineEntry,
} from '@image-studio/contract';
import { asStageError, StageError, slotsOf, toFailure } from '@image-studio/contract';
import type { SkuJob } from '@image-studio/queue';
import { span } from '@image-studio/tracing';

/** The oldest entries go first: a SKU that is redone for weeks must not grow without bound. */
const MAX_TIMELINE = 60;

export interface StageObserver {
  stageDone(fields: {
    batchId: string;
    sku: string;
    stage: Stage;
    kind: ImageKind;
    ms: number;
    error?: string;
  }): void;
}

/** The SKU's record while its job works on it: every stage leaves a line, every line reaches the watchers. */
export interface SkuProgress {
  readonly record: SkuRecord;
  /** Runs one stage: announces it, times it, and remembers how it ended. Its error goes on to the caller. */
  stage<T>(
    stage: Stage,
    kind: ImageKind,
    work: () => Promise<T>,
    bytesOf?: (result: T) => number,
  ): Promise<T>;
  /** Adds a line for a stage that happened elsewhere (the AI call) or not at all (a reused picture). */
  recordStage(entry: Omit<TimelineEntry, 'attempt'>): void;
  setFailure(failure: Failure | undefined): void;
}

/** Continues the record of an earlier start, or begins a new one. */
export function openSkuProgress(
  job: SkuJob,
  sku: string,
  known: SkuRecord | null,
  observer: StageObserver,
): SkuProgress {
  const record: SkuRecord = {
    stage: known?.stage ?? null,
    attempts: job.attempt,
    timeline: known?.timeline ?? [],
    images: withSlots(known?.images ?? []),
    ...(known?.redo && { redo: known.redo }),
    ...(known?.pass !== undefined && { pass: known.pass }),
    ...(known?.routes && { routes: routesOf(known, job) }),
  };

  const recordStage = (entry: Omit<TimelineEntry, 'attempt'>) => {
    record.timeline = [...record.timeline, { ...entry, attempt: job.attempt }].slice(-MAX_TIMELINE);
  };

  return {
    record,
    recordStage,
    async stage(stage, kind, work, bytesOf) {
      job.signal.throwIfAborted();
      record.stage = stage;
      await job.note(record);
      const at = new Date().toISOString();
      const started = performance.now();
      const elapsed = () => Math.round(performance.now() - started);
      try {
        const attributes = { 'studio.sku': sku, 'studio.picture.kind': kind };
        const result = await span(stage, { attributes }, work);
        const bytes = bytesOf?.(result);
        recordStage({ stage, kind, at, ms: elapsed(), ...(bytes === undefined ? {} : { bytes }) });
        observer.stageDone({ batchId: job.batchId, sku, stage, kind, ms: elapsed() });
        return result;
      } catch (error) {
        const failure = toFailure(error, stage);
        recordStage({ stage, kind, at, ms: elapsed(), error: `${failure.code}: ${failure.message}` });
        observer.stageDone({ batchId: job.batchId, sku, stage, kind, ms: elapsed(), error: failure.code });
        throw error instanceof StageError || job.signal.aborted
          ? error
          : asStageError(failure, { verdict: 'retry', cause: error });
      }
    },
    setFailure(failure) {
      if (failure) record.failure = failure;
      else delete record.failure;
    },
  };
}

/**
 * A SKU that failed and is tried again, or whose batch was changed, begins with the wished models; the steps before stay in its
 * routes.
 */
function routesOf(
  { routes = {}, failure, images }: SkuRecord,
  { attempt }: SkuJob,
): NonNullable<SkuRecord['routes']> {
  const isRetried = failure !== undefined && attempt === 1;
  const isOutdated = (slot: string) => images.some((image) => image.slot === slot && image.outdated);
  const at = new Date().toISOString();
  return Object.fromEntries(
    Object.entries(routes).map(([slot, steps]) => {
      const [first, last] = [steps[0], steps.at(-1)];
      if (!first || !last || last.why === 'retried' || !(isRetried || isOutdated(slot))) return [slot, steps];
      return [slot, [...steps, { round: last.round, from: last.to, to: first.from, why: 'retried', at }]];
    }),
  );
}

function withSlots(images: ImageRecord[]): ImageRecord[] {
  const slots = slotsOf(images);
  return images.map((image, position) => ({ ...image, slot: slots[position] ?? image.kind }));
}
