import type { SkuInput } from '@image-studio/contract';
import { say } from '@image-studio/contract';
import { readContent } from './content/read-content.ts';
import { dialectOf } from './dialects/all-dialects.ts';
import type { Dialect, DialectName } from './dialects/dialect.ts';
import { recognise } from './dialects/recognise.ts';
import { keepTable } from './export/keep-table.ts';
import type { KeptTable } from './export/kept-table.ts';
import { findHeader, type Header } from './reading/find-header.ts';
import { type Gathered, gatherProducts } from './reading/gather-products.ts';
import { type Column, type ColumnMapping, resolveColumns } from './reading/resolve-columns.ts';
import { createRowNotes, type RowNotes, type TableWarning } from './reading/row-notes.ts';
import { type TableProduct, toProducts } from './reading/to-products.ts';
import { toSkus } from './reading/to-skus.ts';
import type { Note, Row, Table, TableFormat } from './table.ts';
import { TableError } from './table-error.ts';

export interface TableOptions {
  /** How the table is read, when its headings would tell something else. */
  dialect?: DialectName | undefined;
  /** Columns chosen by hand. */
  columns?: ColumnMapping | undefined;
  /** Everything that would be left out, cut or doubtful is a fault. */
  strict?: boolean | undefined;
  /** Drafts are taken, too. */
  drafts?: boolean | undefined;
  encoding?: string | undefined;
  sheet?: string | undefined;
  /** Address of the folder of photos that are named by their path only. */
  photoBase?: string | undefined;
}

/** A table as it was understood. With `faults` there are no `skus`. */
export interface TableReading {
  format: TableFormat;
  encoding?: string;
  /** Names of the sheets of a workbook. */
  sheets?: string[];
  dialect: DialectName;
  /** What people call the dialect. */
  label: string;
  columns: (Column & { samples: string[] })[];
  /** The first rows, as they stand. */
  rows: { line: number; cells: string[] }[];
  skus: SkuInput[];
  /** The table itself, to be exported again; without faults only. */
  kept?: KeptTable;
  warnings: TableWarning[];
  faults: Note[];
}

const SAMPLE_ROWS = 5;
const SAMPLE_CHARS = 300;
const COLUMN_SAMPLES = 3;
const COLUMN_SAMPLE_CHARS = 80;

/**
 * Reads a table of products: CSV, TSV, XLSX or a product feed in XML, as one of many shops writes it. Never blocks the
 * event loop for long. Throws `TableError` for what cannot be read; what can be read and not taken is in `faults`.
 */
export async function readTable(bytes: Buffer, options: TableOptions = {}): Promise<TableReading> {
  const { reading, rows } = await openTable(bytes, options, { needsPhotos: true });
  if (rows === null) return reading;
  const { table, header, headings, dialect, found, data } = rows;
  const { skus, rowNotes, places } = await readRows(data, dialect, found, options);
  conclude(reading, skus, rowNotes, notesOf(rows), options.strict ?? false);
  // Its column for photos is there, and the pictures lie above the cells.
  if (skus?.length === 0) reading.faults.unshift(...picturesInside(table));
  if (reading.faults.length > 0) return reading;
  return {
    ...reading,
    kept: await keepTable({ table, header, headings, dialect, uses: found.uses, data, places }),
  };
}

/** What a table says of its products, when their photos come from elsewhere. `faults`: nothing of it can be taken. */
export type ProductReading = Omit<TableReading, 'skus'> & { products: TableProduct[] };

/** Reads the same tables for their products alone: rows without a photo are as good as others, and photos may be anything. */
export async function readProducts(bytes: Buffer, options: TableOptions = {}): Promise<ProductReading> {
  const { reading, rows } = await openTable(bytes, options, { needsPhotos: false });
  const { skus: _, ...said } = reading;
  if (rows === null) return { ...said, products: [] };
  const rowNotes = createRowNotes();
  const gathered = await gatherProducts(rows.data, rows.dialect, rows.found, rowNotes, true);
  const products = await toProducts(gathered.products, rowNotes);
  if (products === null) throw tooMuchText();
  said.warnings.push(...notesOf(rows), ...rowNotes.warnings());
  if (products.length === 0) said.faults.push({ path: 'table', ...say`holds no product` });
  return { ...said, products };
}

interface OpenTable {
  table: Table;
  header: Header;
  headings: string[];
  data: Row[];
  dialect: Dialect;
  found: ReturnType<typeof resolveColumns>;
}

const notesOf = ({ table, header }: OpenTable): Note[] => [...table.notes, ...header.notes];

/** The rows of a table and what they mean; without `rows` the faults of `reading` say why nothing can be taken. */
async function openTable(
  bytes: Buffer,
  options: TableOptions,
  { needsPhotos }: { needsPhotos: boolean },
): Promise<{ reading: TableReading; rows: OpenTable | null }> {
  const table = await readContent(bytes, options);
  const header = findHeader(table, headingsIn(options.columns));
  if (header === null) return { reading: nothing(table), rows: null };
  const headings = withoutEmptyEnd(header.row.cells);
  const data = table.rows.slice(header.dataAt);
  const dialect = chosenDialect(options) ?? recognise(headings);
  const found = resolveColumns(headings, data, dialect, options.columns, header.invented);
  const reading: TableReading = {
    format: table.format,
    ...(table.encoding !== undefined && { encoding: table.encoding }),
    ...(table.sheets !== undefined && { sheets: table.sheets }),
    dialect: dialect.id,
    label: dialect.label,
    columns: found.columns.map((column, at) => ({ ...column, samples: samplesOf(data, at) })),
    rows: data.slice(0, SAMPLE_ROWS).map(sampleRow),
    skus: [],
    warnings: [],
    faults: [],
  };
  reading.faults.push(...columnFaults(found, { table, header, dialect }, needsPhotos));
  if (reading.faults.length === 0 && data.length === 0) {
    const path = `line ${header.row.line + 1}`;
    reading.faults.push({ path, ...say`is missing: the table has no rows` });
  }
  if (reading.faults.length > 0) return { reading, rows: null };
  return { reading, rows: { table, header, headings, data, dialect, found } };
}

/** Columns that are chosen by hand make it any table. */
function chosenDialect({ dialect, columns }: TableOptions): Dialect | undefined {
  if (dialect !== undefined) return dialectOf(dialect);
  const isByHand = Object.values(columns ?? {}).some((refs) => refs !== undefined);
  return isByHand ? dialectOf('generic') : undefined;
}

function headingsIn(columns: ColumnMapping = {}): string[] {
  const { ignore: _, ...asked } = columns;
  return Object.values(asked).flatMap((refs) => (refs ?? []).filter((ref) => typeof ref === 'string'));
}

function columnFaults(
  { uses, unknown, columns }: ReturnType<typeof resolveColumns>,
  { table, header, dialect }: Pick<OpenTable, 'table' | 'header' | 'dialect'>,
  needsPhotos: boolean,
): Note[] {
  const path = `line ${header.row.line}`;
  const faults: Note[] = unknown.map((ref) => ({
    path: 'columns',
    ...say`names ${JSON.stringify(ref)}, which is no column of the table`,
  }));
  const named = columns
    .slice(0, 12)
    .map(({ heading }) => JSON.stringify(heading.slice(0, 40)))
    .join(', ');
  const there = `${named}${columns.length > 12 ? ', …' : ''}`;
  const lacks = (column: string): Note => ({
    path,
    ...say`has no column "${column}": the columns are ${there}; choose which one it is`,
  });
  const hasCode = [...(uses.get('code') ?? []), ...(uses.get('handle') ?? [])].length > 0;
  if (!hasCode) faults.push(lacks('sku'));
  if (!needsPhotos) return faults;
  const isPhoto = ({ is }: Column) => is === 'image' || is === 'main';
  if (!columns.some(isPhoto) && dialect.id !== 'amazon') faults.push(lacks('image'));
  else if (!columns.some(isPhoto)) faults.push(lacks('main_image_url'));
  if (!columns.some(isPhoto)) faults.push(...picturesInside(table));
  return faults;
}

function picturesInside({ pictures = 0 }: Table): Note[] {
  if (pictures === 0) return [];
  const said = say`holds ${pictures} pictures itself, which are not read: nothing in a file tells whose they are; give addresses in a column, or upload the photos, named for their SKUs`;
  return [{ path: 'workbook', ...said }];
}

async function readRows(
  data: readonly Row[],
  dialect: Dialect,
  found: ReturnType<typeof resolveColumns>,
  options: TableOptions,
): Promise<{ skus: SkuInput[] | null; rowNotes: RowNotes; places: Gathered['places'] }> {
  for (const drafts of options.drafts ? [true] : [false, true]) {
    const rowNotes = createRowNotes();
    const gathered = await gatherProducts(data, dialect, found, rowNotes, drafts);
    // A table of nothing but drafts is what somebody wants pictures of.
    if (gathered.products.length === 0 && gathered.drafts > 0 && !drafts) continue;
    const made = await toSkus(gathered.products, options, rowNotes);
    return { skus: made?.map(({ sku }) => sku) ?? null, rowNotes, places: gathered.places };
  }
  throw new Error('a table was read neither without nor with its drafts');
}

function conclude(
  reading: TableReading,
  skus: SkuInput[] | null,
  rowNotes: RowNotes,
  notes: readonly Note[],
  strict: boolean,
): void {
  if (skus === null) {
    throw tooMuchText();
  }
  reading.warnings.push(...notes, ...rowNotes.warnings());
  const refused = strict ? [...notes.filter(({ path }) => path === 'encoding'), ...rowNotes.faults()] : [];
  const empty =
    skus.length === 0 ? (rowNotes.faults().length > 0 ? rowNotes.faults() : rowNotes.warnings()) : [];
  const [faults = []] = [refused, empty].filter((list) => list.length > 0);
  reading.faults.push(
    ...faults.map(({ path, message, sentence }) => ({ path, message, ...(sentence && { sentence }) })),
  );
  if (skus.length === 0 && reading.faults.length === 0) {
    reading.faults.push({ path: 'table', ...say`holds no product` });
  }
  if (reading.faults.length === 0) reading.skus = skus;
}

function tooMuchText(): TableError {
  return new TableError(
    'INVALID_TABLE',
    'The products of this table hold too much text together; send it in parts.',
  );
}

function nothing(table: Table): TableReading {
  const faults = [{ path: 'line 1', ...say`is missing: the table is empty` }];
  return {
    format: table.format,
    dialect: 'generic',
    label: 'table',
    columns: [],
    rows: [],
    skus: [],
    warnings: [],
    faults,
  };
}

function withoutEmptyEnd(cells: readonly string[]): string[] {
  let end = cells.length;
  while (end > 0 && cells[end - 1]?.trim() === '') end -= 1;
  return cells.slice(0, end).map((cell) => cell ?? '');
}

function samplesOf(rows: readonly Row[], at: number): string[] {
  const samples: string[] = [];
  for (const { cells } of rows.slice(0, 50)) {
    const cell = cells[at]?.trim();
    if (cell && !samples.includes(cell)) samples.push(cell.slice(0, COLUMN_SAMPLE_CHARS));
    if (samples.length >= COLUMN_SAMPLES) break;
  }
  return samples;
}

function sampleRow({ line, cells }: Row): { line: number; cells: string[] } {
  return { line, cells: cells.map((cell) => (cell ?? '').slice(0, SAMPLE_CHARS)) };
}
