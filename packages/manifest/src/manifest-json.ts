import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ManifestSource } from './manifest-batch.ts';
import { manifestItems } from './manifest-item.ts';

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
const VERSION = 1;

/**
 * `{version, batch, columns, items}` as pieces of text, one SKU at a time: however large the batch, only one is held.
 * Each item stands on a line of its own. Between two SKUs the event loop turns, so that nobody else waits.
 */
export async function* manifestJson(source: ManifestSource): AsyncGenerator<string> {
  const { batch, columns, skus } = source;
  const { id, name, status, counts, images, calls, costUsd, seq, createdAt, finishedAt, options } = batch;
  const { profile } = options;
  const head = {
    id,
    name,
    status,
    profile,
    counts,
    images,
    calls,
    costUsd,
    createdAt,
    finishedAt,
    seq,
  };
  yield `{"version":${VERSION},"batch":${JSON.stringify(head)},"columns":${JSON.stringify(columns)},"items":[`;
  let separator = '\n';
  for await (const sku of skus) {
    const items = await manifestItems(sku, source);
    yield separator +
      items.map(({ picture, ...item }) => JSON.stringify({ ...item, ...picture })).join(',\n');
    separator = ',\n';
    await nextTurn();
  }
  yield '\n]}\n';
}
