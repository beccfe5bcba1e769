import { BatchOptions, OutputFormat, SecondaryKind, say } from '@image-studio/contract';
import { type ColumnMapping, DIALECTS, type TableOptions } from '@image-studio/tables';
import { z } from 'zod';
import { faultsOf } from '../http/faults-of.ts';
import { ProblemError } from '../http/problem-error.ts';

const number = z.coerce.number({ error: 'must be a number' });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The options of a batch, and how its table is read, as query parameters: for submissions whose body is a table. */
export const TableQuery = z.strictObject({
  name: z.string().optional(),
  profile: z.string().optional(),
  main: flag.optional(),
  prompt: z.string().optional(),
  extraPrompt: z.string().optional(),
  /** `false`, a number of pictures, or kinds separated by commas. */
  secondary: z.string().optional(),
  width: number.optional(),
  height: number.optional(),
  format: OutputFormat.optional(),
  quality: number.optional(),
  maxBytes: number.optional(),
  temperature: number.optional(),
  language: z.string().optional(),
  concurrency: number.optional(),
  budgetUsd: number.optional(),
  webhookUrl: z.string().optional(),
  model: z.string().optional(),
  sample: number.optional(),
  lane: z.string().optional(),
  deadline: z.string().optional(),
  /** Names of models with commas between. */
  compare: z.string().optional(),
  /** Aliases separated by commas, the wished one first. */
  models: z.string().optional(),
  dialect: z.enum(DIALECTS).optional(),
  /** Which column is what, as JSON: `{"sku": "Artikel", "main": "Bild 1", "image": ["Bild 2", 7]}`. */
  columns: z.string().max(20_000).optional(),
  strict: flag.optional(),
  drafts: flag.optional(),
  encoding: z.string().max(40).optional(),
  sheet: z.string().max(200).optional(),
  photoBase: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
});
export type TableQuery = z.infer<typeof TableQuery>;

/** Turns query parameters into the options that a JSON body would have held; throws 400 that names the parameter. */
export function toBatchOptions(query: TableQuery): BatchOptions {
  const { dialect, columns, strict, drafts, encoding, sheet, photoBase, ...options } = query;
  const {
    main,
    prompt,
    extraPrompt,
    secondary,
    compare,
    models,
    width,
    height,
    format,
    quality,
    maxBytes,
    ...plain
  } = options;
  const prompts = { prompt, extraPrompt };
  const output = { width, height, format, quality, maxBytes };
  const parsed = BatchOptions.safeParse({
    ...plain,
    ...(models !== undefined && { models: namesIn(models) }),
    ...(holdsAny(prompts) && main !== false ? { main: defined(prompts) } : main !== undefined && { main }),
    ...(secondary !== undefined && { secondary: readSecondary(secondary) }),
    ...(compare !== undefined && { compare: compare.split(',').map((name) => name.trim()) }),
    ...(holdsAny(output) && { output: defined(output) }),
  });
  if (parsed.success) return parsed.data;
  throw new ProblemError(400, 'INVALID_QUERY', 'The query cannot be used.', {
    errors: faultsOf(parsed.error),
  });
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const Ref = z.union([z.string().min(1).max(512), z.int().min(1)]);
const Refs = z.union([Ref.transform((ref) => [ref]), z.array(Ref).max(100)]).optional();
const Mapping = z
  .strictObject({
    sku: Refs,
    main: Refs,
    image: Refs,
    images: Refs,
    imageName: Refs,
    position: Refs,
    title: Refs,
    ignore: Refs,
  })
  .transform(({ image, images, ...others }) => ({ ...others, image: image ?? images }));

/** Of a query, what says how its table is to be read, whatever else is wrong with it. */
export const TableReadingQuery = z.object({
  dialect: TableQuery.shape.dialect,
  columns: TableQuery.shape.columns,
  strict: TableQuery.shape.strict,
  drafts: TableQuery.shape.drafts,
  encoding: TableQuery.shape.encoding,
  sheet: TableQuery.shape.sheet,
  photoBase: TableQuery.shape.photoBase,
});

/** How the table is to be read; throws 400 for `columns` that are no mapping. */
export function toTableOptions(query: z.infer<typeof TableReadingQuery>): TableOptions {
  const { dialect, strict, drafts, encoding, sheet, photoBase, columns } = query;
  const own = { dialect, strict, drafts, encoding, sheet, photoBase };
  return columns === undefined ? own : { ...own, columns: toMapping(columns) };
}

function toMapping(text: string): ColumnMapping {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = Mapping.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors =
    value === undefined ? [{ path: 'columns', ...say`must be JSON` }] : faultsOf(parsed.error, ['columns']);
  throw new ProblemError(400, 'INVALID_QUERY', 'The query cannot be used.', { errors });
}

function readSecondary(text: string): unknown {
  if (text === 'false' || text === '0') return false;
  if (/^\d+$/.test(text)) return { count: Number(text) };
  if (text === 'true') return {};
  return { kinds: text.split(',').map((kind) => SecondaryKind.safeParse(kind.trim()).data ?? kind) };
}

function holdsAny(fields: Record<string, unknown>): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
