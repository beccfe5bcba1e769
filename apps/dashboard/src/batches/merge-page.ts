import type { BatchView } from '@image-studio/contract';

/**
 * The list after its first `limit` batches have been read again. Numbers that live events have brought further stay;
 * what was shown beyond the page stays, too. `hasOlder`: something was.
 */
export function mergePage(
  shown: readonly BatchView[],
  page: readonly BatchView[],
  limit: number,
): { batches: BatchView[]; hasOlder: boolean } {
  const known = new Map(shown.map((batch) => [batch.id, batch]));
  const fresh = page.map((batch) => {
    const old = known.get(batch.id);
    return old && old.seq > batch.seq ? old : batch;
  });
  const ids = new Set(page.map(({ id }) => id));
  // A page that is not full is the whole list: what is not in it is gone.
  const older = page.length < limit ? [] : shown.slice(limit).filter(({ id }) => !ids.has(id));
  return { batches: [...fresh, ...older], hasOlder: older.length > 0 };
}
