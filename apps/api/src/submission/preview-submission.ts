import type { SkuInput } from '@image-studio/contract';
import { faultsOf } from '../http/faults-of.ts';
import { type Fault, ProblemError } from '../http/problem-error.ts';
import type { RouteContext } from '../routes/context.ts';
import type { BatchDraft, CheckedDraft } from './batch-draft.ts';
import { checkDraft } from './check-draft.ts';
import { type Column, readColumns } from './csv-columns.ts';
import { CsvOptions, toBatchOptions } from './csv-options.ts';
import { csvRecords } from './csv-records.ts';
import { readBatchJson } from './read-batch-json.ts';
import { readCsv } from './read-csv.ts';

/** Rows shown as they are. */
const SAMPLE_ROWS = 5;
/** Beyond the most that a table may have, so that nobody makes us send a row of a million cells. */
const SAMPLE_COLUMNS = 1001;
/** Characters of a cell shown. */
const SAMPLE_CHARS = 300;
/** SKUs of a JSON body whose attributes are looked at. */
const SAMPLE_SKUS = 200;

/** How a submission would be read. Numbers are `null` while something is wrong with it. */
export interface SubmissionPreview {
  columns: { heading: string; is: Column['is']; name?: string }[];
  rows: { line: number; cells: string[] }[];
  skus: number | null;
  photos: number | null;
  faults: Fault[];
}

/** Reads a body as a submission would. What is wrong with it is part of the answer, all of it at once. */
export async function previewSubmission(
  bytes: Buffer,
  mediaType: string,
  query: unknown,
  outgoing: RouteContext['outgoing'],
): Promise<{ preview: SubmissionPreview; draft: CheckedDraft | null }> {
  const preview: SubmissionPreview = { columns: [], rows: [], skus: null, photos: null, faults: [] };
  const { faults } = preview;
  const read = () =>
    mediaType === 'text/csv' ? readTable(bytes, query, preview) : readJson(bytes, query, faults);
  const draft = await orFaults(faults, read);
  const checked = draft && (await orFaults(faults, () => checkDraft(draft, outgoing)));
  if (!checked || faults.length > 0) return { preview, draft: null };
  const { skus } = checked;
  preview.skus = skus.length;
  preview.photos = skus.reduce((sum, { images }) => sum + images.length, 0);
  if (mediaType !== 'text/csv') Object.assign(preview, sampleOf(skus));
  return { preview, draft: checked };
}

async function orFaults<T>(faults: Fault[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { errors, message } = error;
    faults.push(...(errors.length > 0 ? errors : [{ path: '', message }]));
    return null;
  }
}

async function readJson(bytes: Buffer, query: unknown, faults: Fault[]): Promise<BatchDraft | null> {
  const parsed = CsvOptions.safeParse(query);
  if (!parsed.success) faults.push(...faultsOf(parsed.error));
  return { ...(await readBatchJson(bytes, parsed.data ?? {})), bodySha256: '' };
}

/** The options and the table each tell their faults. */
async function readTable(
  bytes: Buffer,
  query: unknown,
  preview: SubmissionPreview,
): Promise<BatchDraft | null> {
  const { faults } = preview;
  const parsed = CsvOptions.safeParse(query);
  if (!parsed.success) faults.push(...faultsOf(parsed.error));
  const options = parsed.success ? await orFaults(faults, async () => toBatchOptions(parsed.data)) : null;
  await sampleTable(bytes, preview);
  const table = await orFaults(faults, () => readCsv(bytes, {}));
  return options && table && { ...table, options, bodySha256: '' };
}

async function sampleTable(bytes: Buffer, preview: SubmissionPreview): Promise<void> {
  let isHeader = true;
  // A table that cannot be read to its sixth row says so when it is read whole.
  await orFaults([], async () => {
    for await (const { line, cells } of csvRecords(bytes)) {
      const short = cells.slice(0, SAMPLE_COLUMNS).map((cell) => cell.slice(0, SAMPLE_CHARS));
      if (isHeader) preview.columns = describe(short);
      else preview.rows.push({ line, cells: short });
      isHeader = false;
      if (preview.rows.length >= SAMPLE_ROWS) return;
    }
  });
}

function describe(headings: readonly string[]): SubmissionPreview['columns'] {
  return readColumns(headings).columns.map((column, index) => ({
    heading: headings[index] ?? '',
    is: column.is,
    ...(column.is === 'attribute' && { name: column.name }),
  }));
}

/** A JSON body as if it were a table: code, photos, and one column for each attribute. */
function sampleOf(skus: readonly SkuInput[]): Pick<SubmissionPreview, 'columns' | 'rows'> {
  const names = [
    ...new Set(skus.slice(0, SAMPLE_SKUS).flatMap(({ attributes }) => Object.keys(attributes ?? {}))),
  ];
  return {
    columns: [
      { heading: 'sku', is: 'sku' },
      { heading: 'images', is: 'image' },
      ...names.map((name) => ({ heading: name, is: 'attribute' as const, name })),
    ],
    rows: skus.slice(0, SAMPLE_ROWS).map(({ sku, images, attributes }, index) => ({
      line: index + 1,
      cells: [
        sku,
        images.map(({ url }) => url).join(' '),
        // Its own only: a column may be called `toString`.
        ...names.map((name) => (Object.hasOwn(attributes ?? {}, name) ? (attributes?.[name] ?? '') : '')),
      ].map((cell) => cell.slice(0, SAMPLE_CHARS)),
    })),
  };
}
