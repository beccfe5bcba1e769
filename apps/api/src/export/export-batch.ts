import { usablePictures } from '@image-studio/manifest';
import type { BatchState, StudioApi } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import { type DialectName, exportRows, freshTable, type KeptHead, type KeptRow } from '@image-studio/tables';
import { readKeptTable } from './read-kept-table.ts';
import { type TableFile, tableFile } from './table-file.ts';
import type { TableFormat } from './write-table.ts';

export interface ExportDeps {
  api: Pick<StudioApi, 'everySku' | 'columns'>;
  store: Pick<ObjectStore, 'stream'>;
  linkOf(key: string): Promise<string>;
}

export interface ExportOrder {
  /** The shop; `generic` is the submitted table as it was, or a plain one. */
  shop: DialectName;
  format?: TableFormat | undefined;
  /** SKUs without an approved picture stay, with empty cells for it. */
  keepAll?: boolean;
}

export interface BatchExport extends TableFile {
  /** How many SKUs it holds, and how many were left out because no picture of them is approved. */
  skus: number;
  leftOut: number;
}

interface Source {
  head: KeptHead;
  rows(): AsyncIterable<KeptRow>;
}

/**
 * A batch as a table that a shop imports: the submitted table with the approved pictures in the columns where the shop looks for
 * them, when it was that shop's; else a table of that shop's columns and the person's own. What is held at once are the keys of
 * the pictures.
 */
export async function exportBatch(
  deps: ExportDeps,
  batch: BatchState,
  order: ExportOrder,
): Promise<BatchExport> {
  const { api, store, linkOf } = deps;
  const pictures = new Map<string, string[]>();
  let leftOut = 0;
  for await (const sku of api.everySku(batch.id)) {
    const keys = usablePictures(sku, batch.options).map(({ key }) => key);
    if (keys.length > 0) pictures.set(sku.input.sku, keys);
    else leftOut += 1;
  }
  const kept = await readKeptTable(store, batch.id);
  const isOwn = kept !== null && (order.shop === kept.head.dialect || order.shop === 'generic');
  const source: Source = isOwn ? kept : await freshSource(deps, batch.id, order.shop);
  const codes = new Map<number, string[]>();
  for await (const { product, code } of source.rows()) {
    if (product === undefined || code === undefined || !pictures.has(code)) continue;
    const known = codes.get(product) ?? [];
    if (!known.includes(code)) codes.set(product, [...known, code]);
  }
  const countOf = (code: string) => pictures.get(code)?.length ?? 0;
  const ofSku = [...pictures.values()].reduce((most, keys) => Math.max(most, keys.length), 0);
  const ofProduct = [...codes.values()].reduce(
    (most, all) =>
      Math.max(
        most,
        all.reduce((sum, code) => sum + countOf(code), 0),
      ),
    0,
  );
  const rows = exportRows({
    head: source.head,
    rows: source.rows(),
    codesOf: (product) => codes.get(product) ?? [],
    linksOf: (code) => Promise.all((pictures.get(code) ?? []).map(linkOf)),
    most: { ofSku, ofProduct },
    keepAll: order.keepAll ?? false,
  });
  return {
    ...tableFile(rows, { head: source.head, format: order.format }),
    skus: pictures.size,
    leftOut,
  };
}

/** One row a SKU, in the order of submission. */
async function freshSource({ api }: ExportDeps, batchId: string, shop: DialectName): Promise<Source> {
  const columns = await api.columns(batchId);
  return {
    head: freshTable(shop, columns).head,
    async *rows() {
      // Anew each time: it remembers the handles that it has given out.
      const table = freshTable(shop, columns);
      for await (const { input, index } of api.everySku(batchId)) {
        yield table.rowOf({ sku: input.sku, attributes: input.attributes ?? {} }, index);
      }
    },
  };
}
