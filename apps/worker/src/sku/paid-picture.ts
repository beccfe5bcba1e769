import {
  asStageError,
  type Failure,
  type LedgerEntry,
  payerOf,
  StageError,
  type StoredInput,
  say,
} from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { SkuCall } from '@image-studio/planning';
import type { BegunSku, CallLedger, SkuJob } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import { readStoredPicture } from '../store/read-stored-picture.ts';

/** A call whose photos are in the object store. */
export type StoredCall = SkuCall<StoredInput>;

/** A picture that some SKU has paid for. */
export interface PaidPicture {
  callKey: string;
  /** The call's name in the common ledger, where its tenant has a ledger of its own. */
  commonKey?: string | undefined;
  entry: LedgerEntry;
  /** Another SKU paid for it, or an earlier batch did. */
  reused: boolean;
}

/** The picture of a call if any SKU has paid for it; `null` otherwise. */
export async function findPaidPicture(
  { ledger, begun }: { ledger: CallLedger; begun: Pick<BegunSku, 'tenant'> },
  job: Pick<SkuJob, 'batchId' | 'index'>,
  { callKey, commonKey }: StoredCall,
): Promise<PaidPicture | null> {
  const entry =
    (await ledger.find(callKey)) ??
    (commonKey === undefined ? null : await ledger.adopt(commonKey, callKey, begun.tenant));
  return entry && { callKey, commonKey, entry, reused: entry.payer !== payerOf(job) };
}

/**
 * The error of a call that brought no picture. It has used up its attempts: another try of the SKU would only make the same
 * call once more.
 */
export function callFailed(failure: Failure): StageError {
  return asStageError(failure, { verdict: 'fail' });
}

/**
 * The bytes of a paid picture. Throws `STORE_UNAVAILABLE` when they are gone, or are not those that were stored: a retry buys the
 * picture anew, once.
 */
export async function readPicture(
  deps: { ledger: CallLedger; store: ObjectStore; pictures: Pick<PictureWork, 'inspect'> },
  job: SkuJob,
  picture: PaidPicture,
): Promise<Buffer> {
  const { callKey, entry, reused } = picture;
  const look = () => readStoredPicture(deps, entry, job.signal);
  let found = await look();
  // It may have been damaged on its way here.
  if ('fault' in found) found = await look();
  if ('fault' in found) throw await forgetPicture(deps, picture, found.fault);
  if (reused) await job.noteReuse(callKey);
  return found.data;
}

/**
 * Forgets a picture that is not in the store as it was paid for. Returns what to throw: a retry buys it anew, unless that has been
 * tried within a day.
 */
export async function forgetPicture(
  deps: { ledger: CallLedger; store: ObjectStore },
  { callKey, commonKey, entry }: PaidPicture,
  fault: string,
): Promise<StageError> {
  // The next start would take the bytes for a picture. Where deleting is forbidden, the next picture overwrites them.
  await deps.store.delete(entry.key).catch(() => {});
  const mayBuy = await deps.ledger.forget(commonKey === undefined ? [callKey] : [callKey, commonKey], entry);
  const key = callKey.slice(0, 16);
  const message = say`the picture ${key} was paid for but ${fault}`;
  return mayBuy
    ? new StageError('STORE_UNAVAILABLE', message, { verdict: 'retry' })
    : new StageError(
        'STORE_UNAVAILABLE',
        say`${message}, as the one bought before it; it is not bought again by itself`,
        {
          verdict: 'fail',
        },
      );
}
