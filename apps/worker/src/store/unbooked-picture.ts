import type { LedgerEntry } from '@image-studio/contract';
import { callResultKey, type ObjectStore } from '@image-studio/storage';
import { identityOf, readStoredPicture, type StoredPictureDeps } from './read-stored-picture.ts';

/** The part of a ledger entry that is known of a picture whose process died after storing it. */
export type UnbookedPicture = Pick<LedgerEntry, 'key' | 'mime' | 'sha256' | 'bytes' | 'at'>;

/**
 * The picture that a call left in the store although no ledger knows it, if it can be decoded: `null` without one. The caller
 * takes it over instead of buying another.
 */
export async function findUnbookedPicture(
  deps: StoredPictureDeps & { store: Pick<ObjectStore, 'head'> },
  callKey: string,
  signal: AbortSignal,
): Promise<UnbookedPicture | null> {
  const key = callResultKey(callKey);
  const stored = await deps.store.head(key);
  if (!stored) return null;
  const found = await readStoredPicture(deps, { key }, signal);
  if ('fault' in found) return null;
  const mime = found.mime ?? stored.contentType;
  return { key, mime, ...identityOf(found.data), at: stored.modifiedAt.toISOString() };
}

/** The ledger entry of such a picture. How long the call took, and what the answer said, is lost. */
export function entryOfUnbooked(
  picture: UnbookedPicture,
  paid: Pick<LedgerEntry, 'model' | 'costUsd' | 'payer'>,
): LedgerEntry {
  return { ...picture, ...paid, usage: { promptTokens: 0, imageTokens: 0, textTokens: 0 }, ms: 0 };
}
