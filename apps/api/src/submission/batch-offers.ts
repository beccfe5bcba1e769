import type { StudioApi } from '@image-studio/queue';

/** What workers have learnt may be this old. */
const FRESH_MS = 2000;

/** Models that say of themselves that they make no batches of calls, as last read. An old reading is renewed behind the caller. */
export function readBatchOffers(api: Pick<StudioApi, 'modelsWithoutBatches'>): () => ReadonlySet<string> {
  let known: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    readAt = performance.now();
    // A provider that makes none refuses the parcel, too: what cannot be read costs nothing.
    api.modelsWithoutBatches().then(
      (names) => {
        known = names;
      },
      () => {},
    );
  };
  look();
  return () => {
    if (performance.now() - readAt > FRESH_MS) look();
    return known;
  };
}
