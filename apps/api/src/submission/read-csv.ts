import { SkuInput, type SourceImage } from '@image-studio/contract';
import type { AttributeColumn } from '@image-studio/queue';
import { inChunks } from '../http/in-chunks.ts';
import type { BatchDraft } from './batch-draft.ts';
import { type Column, readColumns } from './csv-columns.ts';
import { type CsvOptions, toBatchOptions } from './csv-options.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { refuseTooMany } from './refuse-too-many.ts';

/** A SKU while its rows are being gathered; `line` is where it was first seen. */
interface Gathered {
  line: number;
  images: Map<string, SourceImage>;
  attributes: Map<string, string>;
}

/**
 * Reads a table with one row per SKU or one per photo: rows with the same code are one SKU. Columns that are neither
 * code nor photo become attributes; where rows of a SKU disagree, the first one counts.
 */
export async function readCsv(bytes: Buffer, query: CsvOptions): Promise<Omit<BatchDraft, 'bodySha256'>> {
  const options = toBatchOptions(query);
  const faults = createFaultList();
  const gathered = new Map<string, Gathered>();
  let columns: Column[] | undefined;
  for await (const record of csvRecords(bytes)) {
    if (columns === undefined) columns = readHeader(record, faults);
    else readRow(record, columns, gathered, faults);
    if (faults.full) break;
  }
  refuseTooMany(gathered.size);
  const skus: SkuInput[] = [];
  for await (const chunk of inChunks([...gathered])) {
    skus.push(...chunk.flatMap(([sku, parts]) => toSku(sku, parts, faults) ?? []));
  }
  if (columns === undefined) faults.add({ path: 'line 1', message: 'is missing: the table is empty' });
  else if (gathered.size === 0 && !faults.full)
    faults.add({ path: 'line 2', message: 'is missing: the table has no rows' });
  faults.settle();
  return { options, skus, columns: attributesOf(columns ?? []) };
}

function readHeader(record: CsvRecord, faults: FaultList): Column[] {
  const { columns, faults: found } = readColumns(record.cells);
  if (found.length > 0) {
    faults.add(...found);
    faults.settle();
  }
  return columns;
}

function attributesOf(columns: readonly Column[]): AttributeColumn[] {
  return columns.flatMap((column) =>
    column.is === 'attribute' ? [{ heading: column.heading, name: column.name }] : [],
  );
}

function readRow(
  record: CsvRecord,
  columns: readonly Column[],
  gathered: Map<string, Gathered>,
  faults: FaultList,
): void {
  const place = `line ${record.line}`;
  const overflow = record.cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (overflow) {
    const message = `has ${record.cells.length} cells, the first line has ${columns.length}; is a separator not quoted?`;
    faults.add({ path: place, message });
    return;
  }
  const sku = cellsOf(record, columns, 'sku')[0]?.trim() ?? '';
  if (sku === '') {
    faults.add({ path: place, message: 'has no SKU code' });
    return;
  }
  const parts = gathered.get(sku) ?? { line: record.line, images: new Map(), attributes: new Map() };
  gathered.set(sku, parts);
  addAttributes(record, columns, parts);
  addImages(record, columns, parts);
}

function cellsOf(record: CsvRecord, columns: readonly Column[], is: Column['is']): string[] {
  return columns.flatMap((column, index) => (column.is === is ? [record.cells[index] ?? ''] : []));
}

function addAttributes(record: CsvRecord, columns: readonly Column[], parts: Gathered): void {
  columns.forEach((column, index) => {
    const text = record.cells[index] ?? '';
    if (column.is !== 'attribute' || text.trim() === '' || parts.attributes.has(column.name)) return;
    if (column.name === 'name' && looksLikeFile(text)) return;
    parts.attributes.set(column.name, text);
  });
}

function addImages(record: CsvRecord, columns: readonly Column[], parts: Gathered): void {
  const urls = cellsOf(record, columns, 'image').flatMap(splitUrls);
  const name = urls.length === 1 ? imageName(record, columns) : undefined;
  for (const url of urls) {
    if (!parts.images.has(url)) parts.images.set(url, name === undefined ? { url } : { url, name });
  }
}

/** A column for it, or a `name` that is plainly a file's. */
function imageName(record: CsvRecord, columns: readonly Column[]): string | undefined {
  const own = cellsOf(record, columns, 'imageName').find((text) => text.trim() !== '');
  const nameColumn = columns.findIndex((column) => column.is === 'attribute' && column.name === 'name');
  const other = record.cells[nameColumn] ?? '';
  return own?.trim() ?? (looksLikeFile(other) ? other.trim() : undefined);
}

function looksLikeFile(text: string): boolean {
  return /\.(jpe?g|png|webp|avif|gif|tiff?|bmp|heic)$/i.test(text.trim());
}

/** `|` and line breaks always separate; spaces, commas and semicolons only before a new scheme, as URLs hold them too. */
function splitUrls(cell: string): string[] {
  return cell
    .split(/[\r\n|]|[\s,;](?=[a-z][a-z0-9+.-]{0,20}:\/\/)/i)
    .map(withoutSeparators)
    .filter((part) => part !== '');
}

/** By hand: an expression that looks for the end of a run of spaces takes minutes for a million of them. */
function withoutSeparators(part: string): string {
  let end = part.length;
  while (end > 0 && /[\s,;]/.test(part.charAt(end - 1))) end -= 1;
  return part.slice(0, end).replace(/^[\s,;]+/, '');
}

function toSku(sku: string, parts: Gathered, faults: FaultList): SkuInput | null {
  const place = `line ${parts.line}`;
  if (parts.images.size === 0) {
    faults.add({ path: place, message: `has no photo for SKU ${JSON.stringify(sku)}` });
    return null;
  }
  const parsed = SkuInput.safeParse({
    sku,
    images: [...parts.images.values()],
    ...(parts.attributes.size > 0 && { attributes: Object.fromEntries(parts.attributes) }),
  });
  if (parsed.success) return parsed.data;
  faults.add(
    ...parsed.error.issues.map((issue) => ({
      path: `${place}, ${issue.path.join('.')}`,
      message: issue.message,
    })),
  );
  return null;
}
