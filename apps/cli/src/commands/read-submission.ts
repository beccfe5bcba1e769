import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type PhotoGroups, type TableProduct, toSkuInputs } from '@image-studio/photo-names';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { listPhotos, sortPhotos } from '../photo-folder.ts';
import type { StudioClient } from '../studio-client.ts';
import type { Speaker } from '../terminal.ts';
import { uploadPhotos } from '../upload-photos.ts';

/** Options of a batch, as the command line has them. */
export interface SubmitOptions {
  profile?: string;
  name?: string;
  secondary?: string;
  budget?: string;
  language?: string;
  model?: string;
  sample?: string;
  lane?: string;
  deadline?: string;
  /** Aliases with commas between. */
  models?: string;
  set?: string[];
  /** Of a folder: how the names of its photos are read, and a table of its products. */
  pattern?: string;
  table?: string;
}

/** A request to `/batches` or `/batches/quote`. */
export interface SubmissionRequest {
  query: string;
  init: RequestInit;
}

const TYPES: Record<string, string> = {
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/tab-separated-values',
  '.xml': 'application/xml',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Makes a submission of a file (a table or JSON), of the address of a feed, or of a folder of photos, which are uploaded first. */
export async function readSubmission(
  client: StudioClient,
  path: string,
  options: SubmitOptions,
  speaker: Speaker,
): Promise<SubmissionRequest> {
  if (/^https?:\/\//i.test(path)) return ofJson({ source: { feedUrl: path } }, options);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CliError('NO_SUCH_FILE', `There is no file or folder ${path}.`);
  if (found.isDirectory()) return ofJson({ ...(await skusOf(client, path, options, speaker)) }, options);
  for (const name of ['pattern', 'table'] as const)
    if (options[name] !== undefined)
      throw new CliError('BAD_OPTION', `--${name} belongs to a folder of photos, and ${path} is a file.`);
  const bytes = await readFile(path);
  const type = typeOf(path);
  if (/^\s*\{/.test(bytes.subarray(0, 64).toString())) return ofJson(parsed(bytes, path), options);
  const query = new URLSearchParams(plainOptions(options));
  if (options.models !== undefined) query.set('models', options.models);
  if (options.secondary !== undefined) query.set('secondary', options.secondary);
  return {
    query: query.size === 0 ? '' : `?${query}`,
    init: { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(bytes) },
  };
}

function parsed(bytes: Buffer, path: string): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new CliError('MALFORMED_JSON', `${path} is no JSON: ${(error as Error).message}.`);
  }
}

/** Options that a table takes one by one in its query, by the field of JSON that holds them. */
const PARTS = {
  output: ['width', 'height', 'format', 'quality', 'maxBytes'],
  main: ['prompt', 'extraPrompt'],
};

function ofJson(body: Record<string, unknown>, options: SubmitOptions): SubmissionRequest {
  const { set: _, ...named } = options;
  const { budgetUsd, sample, ...plain } = plainOptions(named);
  const more = Object.entries(moreOptions(options)).map(([name, text]) => [name, readValue(text)] as const);
  const parts = Object.entries(PARTS).flatMap(([part, names]) => {
    const own = more.filter(([name]) => names.includes(name));
    return own.length === 0 ? [] : [[part, { ...(body[part] as object), ...Object.fromEntries(own) }]];
  });
  const inParts = Object.values(PARTS).flat();
  const { secondary } = options;
  const kinds =
    secondary === undefined || secondary === 'false' ? undefined : { kinds: secondary.split(',') };
  const count = /^\d+$/.test(secondary ?? '') ? { count: Number(secondary) } : undefined;
  const whole = {
    ...body,
    ...plain,
    ...Object.fromEntries(more.filter(([name]) => !inParts.includes(name))),
    ...Object.fromEntries(parts),
    ...(budgetUsd !== undefined && { budgetUsd: Number(budgetUsd) }),
    ...(sample !== undefined && { sample: Number(sample) }),
    ...(secondary !== undefined && { secondary: count ?? kinds ?? false }),
    ...(options.models !== undefined && { models: options.models.split(',').map((name) => name.trim()) }),
  };
  return {
    query: '',
    init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(whole) },
  };
}

/** `0.4` and `true` are what they look like; everything else is text. */
function readValue(text: string): unknown {
  return /^(-?\d+(\.\d+)?|true|false|[{[].*)$/s.test(text) ? parsed(Buffer.from(text), '--set') : text;
}

function plainOptions(options: SubmitOptions): Record<string, string> {
  const { profile, name, budget, language, model, sample, lane, deadline } = options;
  const own = { profile, name, budgetUsd: budget, language, model, sample, lane, deadline };
  const given = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), ...moreOptions(options) };
}

/** Of `--set`. */
function moreOptions({ set = [] }: SubmitOptions): Record<string, string> {
  return Object.fromEntries(
    set.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CliError('BAD_OPTION', `--set takes name=value, not ${JSON.stringify(pair)}.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function skusOf(
  client: StudioClient,
  folder: string,
  { pattern, table }: SubmitOptions,
  speaker: Speaker,
): Promise<{ skus: unknown[] }> {
  const products = table === undefined ? undefined : await productsOf(client, table, speaker);
  const groups = sortPhotos(await listPhotos(folder), { pattern, table: products });
  tellOf(groups, folder, speaker);
  const paths = groups.skus.flatMap((group) => group.paths.map((path) => join(folder, path)));
  let done = 0;
  const digests = await uploadPhotos(client, paths, (path, outcome) => {
    done += 1;
    if (typeof outcome === 'object') speaker.note(`${path} was left out: ${outcome.refused}`);
    if (done % 100 === 0 || done === paths.length) speaker.note(`${done} of ${paths.length} photos uploaded`);
  });
  const skus = toSkuInputs(groups, (path) => digests.get(join(folder, path)));
  if (skus.length === 0) throw new CliError('NO_PHOTOS', `No photo of ${folder} could be used.`);
  return { skus };
}

const Products = z.object({
  items: z.array(
    z.object({
      sku: z.string(),
      attributes: z.record(z.string(), z.string()),
      photos: z.array(z.string()),
    }),
  ),
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** The server reads the table, as it reads all tables. */
async function productsOf(client: StudioClient, path: string, speaker: Speaker): Promise<TableProduct[]> {
  const bytes = await readFile(path).catch(() => {
    throw new CliError('NO_SUCH_FILE', `There is no table ${path}.`);
  });
  const init = { method: 'POST', headers: { 'content-type': typeOf(path) }, body: new Uint8Array(bytes) };
  const { items, warnings } = await client.ask(Products, '/tables/products', init);
  for (const warning of warnings) speaker.note(`${path}: ${warning.path} ${warning.message}`);
  return items;
}

const MOST_NAMED = 5;

/** What did not fit, with some names. */
function tellOf({ unmatched, withoutPhoto, beyond }: PhotoGroups, folder: string, speaker: Speaker): void {
  const some = (names: readonly string[]) => {
    const more = names.length - MOST_NAMED;
    return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  };
  if (unmatched.length > 0)
    speaker.note(`Photos of ${folder} that belong to no SKU were left out: ${some(unmatched)}`);
  if (withoutPhoto.length > 0) speaker.note(`Products of the table without a photo: ${some(withoutPhoto)}`);
  if (beyond > 0) speaker.note(`Photos beyond what a SKU takes were left out: ${beyond}`);
}

const typeOf = (path: string): string => TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
