import type { SkuInput } from '@image-studio/contract';
import type { AuditState, StudioApi } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import type { KeptHead, KeptRow } from '@image-studio/tables';
import { readKeptTable } from '../export/read-kept-table.ts';
import { type TableFile, tableFile } from '../export/table-file.ts';
import type { TableFormat } from '../export/write-table.ts';
import { type FaultyPicture, failingSkus, faultyPictures } from './failing-skus.ts';
import { faultWords } from './fault-words.ts';

export interface AuditExportOrder {
  format: TableFormat | undefined;
  language: 'en' | 'zh';
  /** ISO date. */
  today: string;
  /** `failing`: rows of SKUs without a fault are left out. */
  rows: 'all' | 'failing';
}

/** Headings of what is added; they read as attributes when the table comes back. */
const ADDED = ['picture_check', 'picture_faults'];

/**
 * The table that was audited, as it was, with what was found in two more columns: `ok`, `advice`, `fails`, or `fails from` a
 * day, and each fault with the number of its picture. JSON comes as a plain table. What is held at once are the faults.
 */
export async function exportAudit(
  { api, store }: { api: Pick<StudioApi, 'auditPictures' | 'auditSkus'>; store: Pick<ObjectStore, 'stream'> },
  audit: AuditState,
  { format, language, today, rows }: AuditExportOrder,
): Promise<TableFile> {
  const faulty = await faultyPictures(api, audit.id, { advised: true }, today);
  const found = new Map<string, [string, string]>();
  for await (const { sku, pictures } of failingSkus(api, audit.id, audit.skus, faulty))
    found.set(sku.sku, [verdictOn(pictures), wordsOn(sku, pictures, language)]);
  const kept = await readKeptTable(store, audit.id);
  const isListed = (code: string) => rows === 'all' || found.has(code);
  const lines = kept
    ? ownRows(kept.head, kept.rows, found, isListed)
    : plainRows(api, audit, found, isListed);
  return tableFile(lines, { head: kept?.head ?? PLAIN, format });
}

/** Of a table that is made here: the code comes first. */
const PLAIN = { dialect: 'generic', uses: { code: [0] } } as const;
const GOOD: [string, string] = ['ok', ''];

function verdictOn(pictures: ReadonlyMap<string, FaultyPicture>): string {
  const refused = [...pictures.values()].flatMap(({ faults }) =>
    faults.filter(({ level }) => level === 'refused'),
  );
  if (refused.length === 0) return 'advice';
  const dates = refused.map(({ from }) => from ?? '').sort();
  return dates[0] === '' ? 'fails' : `fails from ${dates[0]}`;
}

function wordsOn(
  { images }: SkuInput,
  pictures: ReadonlyMap<string, FaultyPicture>,
  language: 'en' | 'zh',
): string {
  const place = (url: string) => images.findIndex((image) => image.url === url) + 1;
  return [...pictures]
    .flatMap(([url, { faults }]) =>
      faults.map((fault) => {
        const key = `${fault.rule}${fault.level === 'advised' ? '!' : ''}${fault.from === null ? '' : `@${fault.from}`}`;
        return `${language === 'zh' ? '图' : 'picture '}${place(url)} ${faultWords(fault, key, language)}`;
      }),
    )
    .join('; ');
}

async function* ownRows(
  head: KeptHead,
  rows: () => AsyncIterable<KeptRow>,
  found: ReadonlyMap<string, [string, string]>,
  isListed: (code: string) => boolean,
): AsyncGenerator<readonly string[]> {
  const { length } = head.headings;
  for (const [at, cells] of head.above.entries())
    yield at === head.headingsAt ? [...padded(cells, length), ...ADDED] : cells;
  for await (const { cells, code } of rows()) {
    if (code === undefined) yield cells;
    else if (isListed(code)) yield [...padded(cells, length), ...(found.get(code) ?? GOOD)];
  }
}

async function* plainRows(
  api: Pick<StudioApi, 'auditSkus'>,
  { id, skus: total }: AuditState,
  found: ReadonlyMap<string, [string, string]>,
  isListed: (code: string) => boolean,
): AsyncGenerator<readonly string[]> {
  yield ['sku', 'images', ...ADDED];
  const page = 500;
  for (let from = 0; from < total; from += page) {
    const places = Array.from({ length: Math.min(page, total - from) }, (_, at) => from + at);
    for (const { sku, images } of await api.auditSkus(id, places))
      if (isListed(sku)) yield [sku, images.map(({ url }) => url).join(' '), ...(found.get(sku) ?? GOOD)];
  }
}

function padded(cells: readonly string[], length: number): string[] {
  return Array.from({ length: Math.max(length, cells.length) }, (_, at) => cells[at] ?? '');
}
