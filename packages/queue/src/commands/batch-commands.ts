import type { BatchState } from '../batch-store/batch-state.ts';
import { allowPhotos, sharersOf } from '../batch-store/shared-photos.ts';
import { changeSample, type SampleOrder, type SampleVerdict } from './change-sample.ts';
import { type ChangeVerdict, changeSku, type SkuChange } from './change-sku.ts';
import { chooseSide, readChoices } from './choose-side.ts';
import {
  type ControlDeps,
  cancelBatch,
  deleteBatch,
  pauseBatch,
  resumeBatch,
  retryBatch,
  setBudget,
} from './control-batch.ts';
import { renameBatch } from './rename-batch.ts';
import type { ReviewOrder } from './review-record.ts';
import { type ReviewedSku, reviewSkus } from './review-skus.ts';
import type { Submission } from './submission.ts';

/** What a person may do to a batch. Each command is safe to give twice. */
export interface BatchCommands {
  /** Records the batch whole or not at all, then enqueues its SKUs in the background (the scheduler goes on where a process dies). */
  submit(submission: Submission): Promise<{ batch: BatchState; created: boolean }>;
  pause(batchId: string): Promise<void>;
  resume(batchId: string): Promise<void>;
  /** What the batch may cost, `null` for no limit; a batch that was paused for its budget goes on when it may. */
  setBudget(batchId: string, budgetUsd: number | null): Promise<void>;
  /** Gives the batch another name. */
  rename(batchId: string, name: string): Promise<void>;
  /** Changes how a batch that waits with its sample is made: its sample again, or all other SKUs. */
  changeSample(batchId: string, order: SampleOrder): Promise<SampleVerdict>;
  /** Which model's pictures of a SKU a person finds better: `''` none, `null` takes the choice back. */
  chooseSide(batchId: string, index: number, model: string | null): Promise<void>;
  sampleChoices(batchId: string): Promise<Map<number, string>>;
  cancel(batchId: string): Promise<void>;
  /** Enqueues failed SKUs anew: all, those with failure code `reason`, or the named ones. */
  retry(batchId: string, filter: { reason?: string; skus?: string[] }): Promise<{ retried: number }>;
  /** Replaces photos or attributes of a SKU that has ended, for a retry or another picture that is asked for. */
  changeSku(batchId: string, sku: string, change: SkuChange): Promise<ChangeVerdict>;
  /**
   * All SKUs that share their main photo with one of these, these included. `allow`: nobody is asked about the photo again, and
   * later SKUs with it go on.
   */
  sharers(batchId: string, indices: readonly number[], options?: { allow: boolean }): Promise<number[]>;
  /**
   * Takes a reviewer's decision about a few hundred SKUs, each at one moment, or with `dryRun` says what it would do.
   * SKUs of which another picture is wanted wait again, and a batch that had ended goes on.
   */
  review(
    batchId: string,
    indices: readonly number[],
    order: ReviewOrder & { dryRun?: boolean; isAwaited?: boolean },
  ): Promise<ReviewedSku[]>;
  /** Forgets a finished batch; objects in the store stay. */
  delete(batchId: string): Promise<void>;
}

/** The commands without `submit`: that one answers from the store when Redis goes away in the middle of it. */
export function createBatchCommands(deps: () => ControlDeps): Omit<BatchCommands, 'submit'> {
  return {
    pause: (id) => pauseBatch(deps(), id),
    resume: (id) => resumeBatch(deps(), id),
    setBudget: (id, budgetUsd) => setBudget(deps(), id, budgetUsd),
    rename: (id, name) => renameBatch(deps(), id, name),
    changeSample: (id, order) => changeSample(deps(), id, order),
    chooseSide: (id, index, model) => chooseSide(deps(), id, index, model),
    sampleChoices: (id) => readChoices(deps(), id),
    cancel: (id) => cancelBatch(deps(), id),
    retry: (id, filter) => retryBatch(deps(), id, filter),
    changeSku: (id, sku, change) => changeSku(deps(), id, sku, change),
    async sharers(id, indices, { allow } = { allow: false }) {
      if (allow) await allowPhotos(deps(), id, indices);
      return sharersOf(deps(), id, indices);
    },
    review: (id, indices, order) => reviewSkus(deps(), id, indices, order),
    delete: (id) => deleteBatch(deps(), id),
  };
}
