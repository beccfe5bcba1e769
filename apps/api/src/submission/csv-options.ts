import { BatchOptions, OutputFormat, SecondaryKind } from '@image-studio/contract';
import { z } from 'zod';
import { faultsOf } from '../http/faults-of.ts';
import { ProblemError } from '../http/problem-error.ts';

const number = z.coerce.number({ error: 'must be a number' });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The options of a batch as query parameters, for submissions whose body is a table. */
export const CsvOptions = z.strictObject({
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
});
export type CsvOptions = z.infer<typeof CsvOptions>;

/** Turns query parameters into the options that a JSON body would have held; throws 400 that names the parameter. */
export function toBatchOptions(query: CsvOptions): BatchOptions {
  const { main, prompt, extraPrompt, secondary, width, height, format, quality, maxBytes, ...plain } = query;
  const prompts = { prompt, extraPrompt };
  const output = { width, height, format, quality, maxBytes };
  const parsed = BatchOptions.safeParse({
    ...plain,
    ...(holdsAny(prompts) && main !== false ? { main: defined(prompts) } : main !== undefined && { main }),
    ...(secondary !== undefined && { secondary: readSecondary(secondary) }),
    ...(holdsAny(output) && { output: defined(output) }),
  });
  if (parsed.success) return parsed.data;
  throw new ProblemError(400, 'INVALID_QUERY', 'The query cannot be used.', {
    errors: faultsOf(parsed.error),
  });
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
