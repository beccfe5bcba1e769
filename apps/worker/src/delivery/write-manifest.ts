import { Readable } from 'node:stream';
import { type LinkOf, manifestCsv, manifestJson } from '@image-studio/manifest';
import type { DueManifest } from '@image-studio/queue';
import { manifestKey, type ObjectStore } from '@image-studio/storage';

const FORMATS = {
  json: { contentType: 'application/json', write: manifestJson },
  csv: { contentType: 'text/csv; charset=utf-8', write: manifestCsv },
} as const;

/** Of a manifest, which is written again when its batch is reviewed or retried. */
const CACHE_CONTROL = 'no-cache';

/** Writes `batches/<id>/manifest.json` and `.csv`, whole or not at all, holding one page of SKUs at a time. */
export async function writeManifest(
  store: Pick<ObjectStore, 'putStream'>,
  { batch, columns, skus }: DueManifest,
  linkOf: LinkOf,
  signal: AbortSignal,
): Promise<void> {
  for (const extension of ['json', 'csv'] as const) {
    const { contentType, write } = FORMATS[extension];
    const pieces = write({ batch, columns, skus: skus(), linkOf });
    const body = Readable.from(pieces, { objectMode: false });
    const options = { contentType, cacheControl: CACHE_CONTROL, signal };
    await store.putStream(manifestKey(batch.id, extension), body, options);
  }
}
