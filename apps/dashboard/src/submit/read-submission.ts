import type { SkuInput } from '@image-studio/contract';
import { type Fault, parseLines } from './parse-lines.ts';

/** Options of the form, as the API takes them. */
export interface FormOptions {
  name: string;
  profile: string;
  main: boolean;
  extraPrompt: string;
  secondary: boolean;
  kinds: string[];
  budgetUsd: string;
}

/** A body for `POST /batches`, or the faults that stand in its way. `where` translates the API's paths back. */
export type Submission =
  | { ok: true; body: Record<string, unknown>; where: (path: string) => string }
  | { ok: false; faults: Fault[] };

/**
 * Turns the form into a request. Text that begins with `{` or `[` is JSON: a whole request (whose own fields win over
 * the form's) or its list of SKUs. Everything else is one SKU a line.
 */
export function readSubmission(text: string, options: FormOptions): Submission {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, faults: [{ path: 'skus', message: 'paste at least one SKU' }] };
  if (/^[{[]/.test(trimmed)) return readJson(trimmed, options);
  const { skus, lines, faults } = parseLines(text);
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, body: { ...formBody(options), skus }, where: (path) => linePath(path, lines) };
}

function readJson(text: string, options: FormOptions): Submission {
  try {
    const value = JSON.parse(text) as SkuInput[] | Record<string, unknown>;
    const own = Array.isArray(value) ? { skus: value } : value;
    return { ok: true, body: { ...formBody(options), ...own }, where: (path) => path };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [{ path: 'JSON', message }] };
  }
}

function formBody({ name, profile, main, extraPrompt, secondary, kinds, budgetUsd }: FormOptions) {
  const extra = extraPrompt.trim();
  return {
    ...(name.trim() && { name: name.trim() }),
    ...(profile && { profile }),
    main: main && extra ? { extraPrompt: extra } : main,
    secondary: secondary && (kinds.length > 0 ? { kinds } : { count: 1 }),
    ...(budgetUsd.trim() && { budgetUsd: Number(budgetUsd) }),
  };
}

/** `skus[3].images[0].url` → `line 7 · images[0].url`. */
function linePath(path: string, lines: number[]): string {
  const match = /^skus\[(\d+)\]\.?(.*)$/.exec(path);
  const line = match && lines[Number(match[1])];
  if (!match || line === undefined) return path;
  return match[2] ? `line ${line} · ${match[2]}` : `line ${line}`;
}
