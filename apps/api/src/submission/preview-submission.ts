import type { SkuInput } from '@image-studio/contract';
import type { Column, TableReading } from '@image-studio/tables';
import { faultsOf } from '../http/faults-of.ts';
import { type Fault, faultsIn, MAX_FAULTS, ProblemError } from '../http/problem-error.ts';
import type { RouteContext } from '../routes/context.ts';
import type { BatchDraft, CheckedDraft } from './batch-draft.ts';
import { checkDraft } from './check-draft.ts';
import { readBatchJson } from './read-batch-json.ts';
import { toDraft, understandTable } from './read-table-body.ts';
import type { KnowsPhotos } from './refuse-unknown-photos.ts';
import { isJsonBody } from './submission-body.ts';
import { TableQuery, TableReadingQuery, toBatchOptions, toTableOptions } from './table-query.ts';
import type { Warning } from './warning.ts';

/** Rows shown as they are. */
const SAMPLE_ROWS = 5;
/** Characters of a cell shown. */
const SAMPLE_CHARS = 300;
/** SKUs of a JSON body whose attributes are looked at. */
const SAMPLE_SKUS = 200;

/** How a submission would be read. Numbers are `null` while something is wrong with it. */
export interface SubmissionPreview {
  /** What the bytes are. */
  format: TableReading['format'] | 'json';
  /** Whose table it is, by name and as people call it; absent for JSON and for what cannot be read. */
  dialect?: string;
  label?: string;
  /** How bytes became text, where they did. */
  encoding?: string;
  /** Names of the sheets of a workbook. */
  sheets?: string[];
  columns: (Column & { samples: string[] })[];
  rows: { line: number; cells: string[] }[];
  skus: number | null;
  photos: number | null;
  warnings: Warning[];
  faults: Fault[];
}

/** Reads a body as a submission would. What is wrong with it is part of the answer, all of it at once. */
export async function previewSubmission(
  bytes: Buffer,
  mediaType: string,
  query: unknown,
  outgoing: RouteContext['outgoing'],
  knowsPhotos?: KnowsPhotos,
): Promise<{ preview: SubmissionPreview; draft: CheckedDraft | null }> {
  const isJson = isJsonBody(bytes, mediaType);
  const preview: SubmissionPreview = {
    format: isJson ? 'json' : 'csv',
    columns: [],
    rows: [],
    skus: null,
    photos: null,
    warnings: [],
    faults: [],
  };
  const { faults } = preview;
  const read = () => (isJson ? readJson(bytes, query, faults) : readTableOf(bytes, query, preview));
  const draft = await orFaults(faults, read);
  const checked = draft && (await orFaults(faults, () => checkDraft(draft, outgoing, knowsPhotos)));
  preview.faults = faults.slice(0, MAX_FAULTS);
  if (!checked || faults.length > 0) return { preview, draft: null };
  const { skus, warnings } = checked;
  preview.skus = skus.length;
  preview.photos = skus.reduce((sum, { images }) => sum + images.length, 0);
  preview.warnings = warnings;
  if (isJson) Object.assign(preview, sampleOf(skus));
  return { preview, draft: checked };
}

/** What `work` resolves with; `null` when it was refused, and then `faults` hold why. */
export async function orFaults<T>(faults: Fault[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    faults.push(...faultsIn(error));
    return null;
  }
}

async function readJson(bytes: Buffer, query: unknown, faults: Fault[]): Promise<BatchDraft | null> {
  const parsed = TableQuery.safeParse(query);
  if (!parsed.success) faults.push(...faultsOf(parsed.error));
  return { ...(await readBatchJson(bytes, parsed.data ?? {})), bodySha256: '' };
}

/** The options and the table each tell their faults. */
async function readTableOf(
  bytes: Buffer,
  query: unknown,
  preview: SubmissionPreview,
): Promise<BatchDraft | null> {
  const { faults } = preview;
  const parsed = TableQuery.safeParse(query);
  if (!parsed.success) faults.push(...faultsOf(parsed.error));
  const options = parsed.success ? await orFaults(faults, async () => toBatchOptions(parsed.data)) : null;
  const asked = TableReadingQuery.safeParse(query);
  const how = asked.success ? await orFaults(faults, async () => toTableOptions(asked.data)) : null;
  const reading = await orFaults(faults, () => understandTable(bytes, how ?? {}));
  if (reading === null) return null;
  const { skus: _, faults: __, kept: ___, ...shown } = reading;
  Object.assign(preview, shown);
  const table = await orFaults(faults, async () => toDraft(reading));
  return options && how && table && { ...table, options, bodySha256: '' };
}

/** A JSON body as if it were a table: code, photos, and one column for each attribute. */
export function sampleOf(skus: readonly SkuInput[]): Pick<SubmissionPreview, 'columns' | 'rows'> {
  const names = [
    ...new Set(skus.slice(0, SAMPLE_SKUS).flatMap(({ attributes }) => Object.keys(attributes ?? {}))),
  ];
  return {
    columns: [
      { heading: 'sku', is: 'sku', samples: [] },
      { heading: 'images', is: 'image', samples: [] },
      ...names.map((name) => ({ heading: name, is: 'attribute' as const, name, samples: [] })),
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
