import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Check } from '@image-studio/contract';
import { csvCell, csvCode } from './csv-cell.ts';
import type { AttributeColumn, ManifestSource } from './manifest-batch.ts';
import { type ManifestItem, manifestItems } from './manifest-item.ts';

/** Excel takes UTF-8 for what it is only with this in front; without it, Chinese is garbled. */
const BOM = '\u{feff}';
/** RFC 4180. */
const LINE_END = '\r\n';

type Value = string | number | boolean | null | undefined;

/**
 * Our columns, in order. The first is not the SKU: a reader that does not know the mark at the start of the file takes
 * it for a part of the first heading.
 */
const COLUMNS: Record<string, (item: ManifestItem, batchId: string) => Value> = {
  batch: (_, batchId) => batchId,
  sku: ({ sku }) => sku,
  state: ({ state }) => state,
  slot: ({ picture }) => picture?.slot,
  role: ({ picture }) => picture?.role,
  kind: ({ picture }) => picture?.kind,
  usable: ({ picture }) => picture?.usable ?? false,
  image_url: ({ picture }) => picture?.url,
  image_key: ({ picture }) => picture?.key,
  image_width: ({ picture }) => picture?.width,
  image_height: ({ picture }) => picture?.height,
  image_bytes: ({ picture }) => picture?.bytes,
  image_format: ({ picture }) => picture?.format,
  source_url: ({ picture }) => picture?.sourceUrl,
  input_sha256: ({ picture }) => picture?.inputs.map(({ sha256 }) => sha256).join(' '),
  ai: ({ picture }) => picture?.ai,
  ai_model: ({ picture }) => picture?.model,
  ai_prompt: ({ picture }) => picture?.prompt,
  ai_call: ({ picture }) => picture?.callKey,
  ai_round: ({ picture }) => picture?.round,
  ai_reused: ({ picture }) => picture?.reused,
  cost_usd: ({ picture }) => picture && Number(picture.costUsd.toFixed(6)),
  checks_passed: ({ picture }) => picture?.checks.filter(({ pass }) => pass).length,
  checks_failed: ({ picture }) => picture?.checks.filter(({ pass }) => !pass).length,
  check_failures: ({ picture }) =>
    picture?.checks
      .filter(({ pass }) => !pass)
      .map(inWords)
      .join('; '),
  review: ({ picture }) => picture?.review?.decision,
  created_at: ({ picture }) => picture?.createdAt,
  attempts: ({ attempts }) => attempts,
  failure_code: ({ failure }) => failure?.code,
  failure_message: ({ failure }) => failure?.message,
  ai_alias: ({ picture }) => picture?.alias,
  ai_route: ({ picture }) => picture?.route.map(({ from, to, why }) => `${from} > ${to} (${why})`).join('; '),
};

/**
 * One line per picture, one for each SKU without any; then the client's own columns as they were headed. Where a
 * client's heading is one of ours, ours gets `studio_` in front. Pieces of text, one SKU at a time, with a turn of
 * the event loop in between.
 */
export async function* manifestCsv(source: ManifestSource): AsyncGenerator<string> {
  const { batch, columns, skus } = source;
  yield `${BOM}${headings(columns).map(csvCell).join(',')}${LINE_END}`;
  for await (const sku of skus) {
    const items = await manifestItems(sku, source);
    yield items.map((item) => lineOf(item, batch.id, columns)).join('');
    await nextTurn();
  }
}

function headings(columns: readonly AttributeColumn[]): string[] {
  const theirs = columns.map(({ heading }) => heading);
  const taken = new Set(theirs.map((heading) => heading.toLowerCase()));
  const ours = Object.keys(COLUMNS).map((name) => (taken.has(name) ? `studio_${name}` : name));
  return [...ours, ...theirs];
}

function lineOf(item: ManifestItem, batchId: string, columns: readonly AttributeColumn[]): string {
  const ours = Object.entries(COLUMNS).map(([name, read]) => {
    const text = textOf(read(item, batchId));
    return name === 'sku' ? csvCode(text) : csvCell(text);
  });
  // Their own only: a column may be called `toString`.
  const theirs = columns.map(({ name }) =>
    csvCell(Object.hasOwn(item.attributes, name) ? (item.attributes[name] ?? '') : ''),
  );
  return `${[...ours, ...theirs].join(',')}${LINE_END}`;
}

function textOf(value: Value): string {
  return value === null || value === undefined ? '' : String(value);
}

function inWords({ rule, measured, required }: Check): string {
  return `${rule}: ${measured}, required ${required}`;
}
