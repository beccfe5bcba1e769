import { StageError, say } from '@image-studio/contract';
import type { ObjectStore } from './object-store.ts';

/**
 * Resolves when objects can be written; rejects with STORE_UNAVAILABLE and the reason, at the latest after `ms`: a
 * server that accepts and never answers is as useless as none.
 */
export async function checkWithin(store: Pick<ObjectStore, 'check'>, ms: number): Promise<void> {
  const patience = new AbortController();
  const late = new StageError('STORE_UNAVAILABLE', say`the object store did not answer within ${ms} ms`, {
    verdict: 'retry',
  });
  const timer = setTimeout(() => patience.abort(late), ms);
  try {
    await store.check(patience.signal);
  } finally {
    clearTimeout(timer);
  }
}
