import { type LedgerEntry, StageError, type StoredInput } from '@image-studio/contract';
import type { SkuCall } from '@image-studio/planning';
import type { BegunSku, Ledger, SkuJob } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';

/** Largest reply of a model that is taken back from the store; a 4K PNG is about 25 MB. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A call whose photos are in the object store. */
export type StoredCall = SkuCall<StoredInput>;

/** A picture that has been paid for, whoever paid. */
export interface PaidPicture {
  callKey: string;
  entry: LedgerEntry;
  /** Somebody else paid, or an earlier batch did. */
  reused: boolean;
}

/**
 * The picture of a call if it has been paid for; `null` when the call has yet to be made. Rejects with the failure of the
 * call when it was made and brought nothing.
 */
export async function findPicture(
  deps: { ledger: Ledger; begun: Pick<BegunSku, 'tenant'> },
  job: SkuJob,
  { callKey, commonKey }: StoredCall,
): Promise<PaidPicture | null> {
  const { ledger, begun } = deps;
  const entry =
    (await ledger.find(callKey)) ??
    (commonKey === undefined ? null : await ledger.adopt(commonKey, callKey, begun.tenant));
  if (entry) return { callKey, entry, reused: entry.payer !== payerOf(job) };
  const failure = await job.callFailure(callKey);
  // The call has used up its own attempts: trying the SKU again would only make it once more.
  if (failure) throw new StageError(failure.code, failure.message, { verdict: 'fail' });
  return null;
}

/** Its bytes. Throws `STORE_UNAVAILABLE` when they are gone: a retry buys the picture anew. */
export async function readPicture(
  deps: { ledger: Ledger; store: ObjectStore },
  job: SkuJob,
  { callKey, entry, reused }: PaidPicture,
): Promise<Buffer> {
  const data = await deps.store.get(entry.key, { signal: job.signal, maxBytes: MAX_REPLY_BYTES });
  if (!data) {
    await deps.ledger.forget(callKey);
    const message = `the picture ${callKey.slice(0, 16)} was paid for but is gone from the object store`;
    throw new StageError('STORE_UNAVAILABLE', message, { verdict: 'retry' });
  }
  if (reused) await job.noteReuse(callKey);
  return data;
}

/** Who pays for a call: the SKU of the batch that made it. */
export function payerOf(sku: { batchId: string; index: number }): string {
  return `${sku.batchId}_${sku.index}`;
}
