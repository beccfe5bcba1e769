import { type LedgerEntry, StageError, type StoredInput } from '@image-studio/contract';
import type { SkuCall } from '@image-studio/planning';
import type { Ledger, SkuJob } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import type { GeneratedImage } from '../pipeline/pictures.ts';

/** Largest reply of a model that is taken back from the store; a 4K PNG is about 25 MB. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A call whose photos are in the object store. */
export type StoredCall = SkuCall<StoredInput>;

export interface PaidPicture extends GeneratedImage {
  entry: LedgerEntry;
  /** Somebody else paid, or an earlier batch did. */
  reused: boolean;
}

/**
 * The picture of a call if it has been paid for, whoever paid; `null` when the call has yet to be made.
 * Rejects with the failure of the call when it was made and brought nothing.
 */
export async function obtainPicture(
  deps: { ledger: Ledger; store: ObjectStore },
  job: SkuJob,
  call: StoredCall,
): Promise<PaidPicture | null> {
  const entry = await deps.ledger.find(call.callKey);
  if (!entry) {
    const failure = await job.callFailure(call.callKey);
    // The call has used up its own attempts: trying the SKU again would only make it once more.
    if (failure) throw new StageError(failure.code, failure.message, { verdict: 'fail' });
    return null;
  }
  const data = await deps.store.get(entry.key, { signal: job.signal, maxBytes: MAX_REPLY_BYTES });
  if (!data) {
    await deps.ledger.forget(call.callKey);
    const message = `the picture ${call.callKey.slice(0, 16)} was paid for but is gone from the object store`;
    throw new StageError('STORE_UNAVAILABLE', message, { verdict: 'retry' });
  }
  const reused = entry.payer !== payerOf(job);
  if (reused) await job.noteReuse(call.callKey);
  return { callKey: call.callKey, data, entry, reused };
}

/** Who pays for a call: the SKU of the batch that made it. */
export function payerOf(sku: { batchId: string; index: number }): string {
  return `${sku.batchId}_${sku.index}`;
}
