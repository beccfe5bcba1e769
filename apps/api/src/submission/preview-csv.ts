import type { Fault } from '../http/problem-error.ts';
import { ProblemError } from '../http/problem-error.ts';
import { checkDraft } from './check-draft.ts';
import { type Column, readColumns } from './csv-columns.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import { readCsv } from './read-csv.ts';

/** Rows shown as they are. */
const SAMPLE_ROWS = 5;
/** Characters of a cell shown. */
const SAMPLE_CHARS = 300;

/** How a table would be read. Numbers are `null` while something is wrong with it. */
export interface TablePreview {
  columns: { heading: string; is: Column['is']; name?: string }[];
  rows: CsvRecord[];
  skus: number | null;
  photos: number | null;
  faults: readonly Fault[];
}

/** Reads a table as a submission would, and says what it found; faults of the table are part of the answer. */
export async function previewCsv(bytes: Buffer): Promise<TablePreview> {
  const preview: TablePreview = { columns: [], rows: [], skus: null, photos: null, faults: [] };
  try {
    await sample(bytes, preview);
    const { skus } = checkDraft({ ...(await readCsv(bytes, {})), bodySha256: '' });
    preview.skus = skus.length;
    preview.photos = skus.reduce((sum, { images }) => sum + images.length, 0);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    preview.faults = error.errors.length > 0 ? error.errors : [{ path: '', message: error.message }];
  }
  return preview;
}

async function sample(bytes: Buffer, preview: TablePreview): Promise<void> {
  let isHeader = true;
  for await (const { line, cells } of csvRecords(bytes)) {
    const short = cells.map((cell) => cell.slice(0, SAMPLE_CHARS));
    if (isHeader) preview.columns = describe(short);
    else preview.rows.push({ line, cells: short });
    isHeader = false;
    if (preview.rows.length >= SAMPLE_ROWS) return;
  }
}

function describe(headings: readonly string[]): TablePreview['columns'] {
  return readColumns(headings).columns.map((column, index) => ({
    heading: headings[index] ?? '',
    is: column.is,
    ...(column.is === 'attribute' && { name: column.name }),
  }));
}
