import type { BatchState, StudioApi } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import type { KeptHead, KeptRow } from '@image-studio/tables';
import { readKeptTable } from './read-kept-table.ts';
import { type TableFile, tableFile } from './table-file.ts';
import type { TableFormat } from './write-table.ts';

export interface FailedExport extends TableFile {
  /** How many SKUs it holds. */
  skus: number;
}

interface FailedSku {
  /** Code and sentence, as the SKU's `failure` has them. */
  why: [string, string];
  images: string[];
  attributes: Readonly<Record<string, string>>;
}

/** Headings of what is added; they read as attributes when the table comes back. */
const ADDED = ['failure_code', 'failure'];

/**
 * The SKUs of a batch that failed, as the table that was submitted, with the reason in two more columns: to be mended and
 * submitted again. A batch that was no table gets a plain one. What is held at once are the reasons.
 */
export async function exportFailed(
  { api, store }: { api: Pick<StudioApi, 'everySku' | 'columns'>; store: Pick<ObjectStore, 'stream'> },
  batch: BatchState,
  format: TableFormat | undefined,
): Promise<FailedExport> {
  const failed = new Map<string, FailedSku>();
  for await (const { input, record } of api.everySku(batch.id, { state: 'failed' })) {
    const { code = 'INTERNAL', message = '' } = record.failure ?? {};
    const images = input.images.map(({ url }) => url);
    failed.set(input.sku, { why: [code, message], images, attributes: input.attributes ?? {} });
  }
  const kept = await readKeptTable(store, batch.id);
  const rows = kept ? ownRows(kept.head, kept.rows, failed) : plainRows(failed, await api.columns(batch.id));
  return { ...tableFile(rows, { head: kept?.head ?? PLAIN, format }), skus: failed.size };
}

/** Of a table that is made here: the code comes first. */
const PLAIN = { dialect: 'generic', uses: { code: [0] } } as const;

/** Rows that sell what failed, and rows that only go on with a product of theirs. */
async function* ownRows(
  head: KeptHead,
  rows: () => AsyncIterable<KeptRow>,
  failed: ReadonlyMap<string, FailedSku>,
): AsyncGenerator<readonly string[]> {
  const products = new Set<number>();
  for await (const { product, code } of rows())
    if (product !== undefined && code !== undefined && failed.has(code)) products.add(product);
  const { length } = head.headings;
  for (const [at, cells] of head.above.entries())
    yield at === head.headingsAt ? [...padded(cells, length), ...ADDED] : cells;
  for await (const { cells, product, code } of rows()) {
    const why = code === undefined ? undefined : failed.get(code)?.why;
    const isPart = code === undefined && product !== undefined && products.has(product);
    if (why) yield [...padded(cells, length), ...why];
    else if (isPart) yield cells;
  }
}

async function* plainRows(
  failed: ReadonlyMap<string, FailedSku>,
  columns: readonly { heading: string; name: string }[],
): AsyncGenerator<readonly string[]> {
  const most = [...failed.values()].reduce((count, { images }) => Math.max(count, images.length), 0);
  const places = Array.from({ length: most }, (_, at) => at);
  yield ['sku', ...places.map((at) => `image_${at + 1}`), ...columns.map(({ heading }) => heading), ...ADDED];
  for (const [sku, { why, images, attributes }] of failed) {
    const own = columns.map(({ name }) => (Object.hasOwn(attributes, name) ? (attributes[name] ?? '') : ''));
    yield [sku, ...places.map((at) => images[at] ?? ''), ...own, ...why];
  }
}

function padded(cells: readonly string[], length: number): string[] {
  return Array.from({ length: Math.max(length, cells.length) }, (_, at) => cells[at] ?? '');
}
