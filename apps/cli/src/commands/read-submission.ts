import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { CliError } from '../cli-error.ts';
import { type FolderPhoto, photosIn } from '../photo-folder.ts';
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
  set?: string[];
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
  if (found.isDirectory()) return ofJson({ ...(await skusOf(client, path, speaker)) }, options);
  const bytes = await readFile(path);
  const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  if (/^\s*\{/.test(bytes.subarray(0, 64).toString())) return ofJson(parsed(bytes, path), options);
  const query = new URLSearchParams(plainOptions(options));
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

function ofJson(body: Record<string, unknown>, options: SubmitOptions): SubmissionRequest {
  const { budgetUsd, ...plain } = plainOptions(options);
  const { secondary } = options;
  const kinds =
    secondary === undefined || secondary === 'false' ? undefined : { kinds: secondary.split(',') };
  const count = /^\d+$/.test(secondary ?? '') ? { count: Number(secondary) } : undefined;
  const whole = {
    ...body,
    ...plain,
    ...(budgetUsd !== undefined && { budgetUsd: Number(budgetUsd) }),
    ...(secondary !== undefined && { secondary: count ?? kinds ?? false }),
  };
  return {
    query: '',
    init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(whole) },
  };
}

function plainOptions({
  profile,
  name,
  budget,
  language,
  model,
  set = [],
}: SubmitOptions): Record<string, string> {
  const more = set.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new CliError('BAD_OPTION', `--set takes name=value, not ${JSON.stringify(pair)}.`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  const own = { profile, name, budgetUsd: budget, language, model };
  const given = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries([...given, ...more]);
}

async function skusOf(client: StudioClient, folder: string, speaker: Speaker): Promise<{ skus: unknown[] }> {
  const bySku = await photosIn(folder);
  const photos = [...bySku.values()].flat();
  let done = 0;
  const urls = await uploadPhotos(client, photos, (photo, outcome) => {
    done += 1;
    if (typeof outcome === 'object') speaker.note(`${photo.path} was left out: ${outcome.refused}`);
    if (done % 100 === 0 || done === photos.length)
      speaker.note(`${done} of ${photos.length} photos uploaded`);
  });
  const imagesOf = (all: readonly FolderPhoto[]) =>
    all.flatMap(({ path, name }) => {
      const url = urls.get(path);
      return url === undefined ? [] : [{ url, name }];
    });
  const skus = [...bySku]
    .map(([sku, all]) => ({ sku, photoOrder: 'given', images: imagesOf(all) }))
    .filter(({ images }) => images.length > 0);
  if (skus.length === 0) throw new CliError('NO_PHOTOS', `No photo of ${folder} could be used.`);
  return { skus };
}
