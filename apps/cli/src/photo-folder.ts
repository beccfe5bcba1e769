import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import {
  groupPhotos,
  guessPattern,
  type PhotoGroups,
  parsePattern,
  type TableProduct,
} from '@image-studio/photo-names';
import { CliError } from './cli-error.ts';

const PHOTO = /\.(jpe?g|png|webp|avif|heic|heif|tiff?|gif)$/i;
/** `MUG-01_1.jpg`, `MUG-01_main.jpg`, `MUG-01 (2).jpg`: what is behind the code tells the order. */
const NUMBERED =
  /^(.+?)(?:_(?:\d{1,3}|main|front|back|side|left|right|top|bottom|detail\d*)|\s*\(\d{1,3}\))$/i;
const IS_MAIN = /(^|[_\s-])(main|front|hero|cover|主图)([_\s.-]|$)/i;
const MOST_PHOTOS = 20;

/** How the photos of a folder are told apart. */
export interface FolderReading {
  /** As on the page: `{sku}_{n}`, `{sku}/{name}`. */
  pattern?: string | undefined;
  /** What a table beside the folder says. */
  table?: readonly TableProduct[] | undefined;
}

/** The photos below a folder, by their paths from there, with `/` between the parts; hidden files are none. */
export async function listPhotos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const parts = relative(folder, join(entry.parentPath, entry.name)).split(sep);
    const isOne = entry.isFile() && PHOTO.test(entry.name) && !parts.some((part) => part.startsWith('.'));
    return isOne ? [parts.join('/')] : [];
  });
  if (paths.length === 0) throw new CliError('NO_PHOTOS', `There is no photo in ${folder}.`);
  return paths;
}

/**
 * Sorts photos to SKUs: by a pattern, by a table (and the pattern that finds most of its codes), else each by what its own name
 * looks like.
 */
export function sortPhotos(paths: readonly string[], { pattern, table }: FolderReading): PhotoGroups {
  if (pattern === undefined && table === undefined) return byEachName(paths);
  const text =
    pattern ??
    guessPattern(
      paths,
      table?.map(({ sku }) => sku),
    );
  const parsed = parsePattern(text);
  if (parsed === null) {
    const hint = 'it holds {sku} once, and {n} or {name} at most once, as in {sku}_{n} or {sku}/{name}';
    throw new CliError('BAD_OPTION', `--pattern ${JSON.stringify(text)} is none: ${hint}.`);
  }
  return groupPhotos(paths, parsed, table);
}

/**
 * A folder is named for its SKU (`MUG-01/front.jpg`), a file beside for its SKU and its place (`MUG-01_1.jpg`). A photo called main
 * or front comes first, the others by name, numbers as numbers.
 */
function byEachName(paths: readonly string[]): PhotoGroups {
  const groups = new Map<string, string[]>();
  const unmatched: string[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    const stem = stemOf(path);
    const code = parts.length > 1 ? parts[0] : (NUMBERED.exec(stem)?.[1] ?? stem);
    const sku = code?.normalize('NFC').trim() ?? '';
    if (sku === '') unmatched.push(path);
    else groups.set(sku, [...(groups.get(sku) ?? []), path]);
  }
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  let beyond = 0;
  const skus = [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([sku, photos]) => {
      beyond += Math.max(0, photos.length - MOST_PHOTOS);
      const ordered = photos.sort((a, b) => rankOf(a, sku) - rankOf(b, sku) || compare(a, b));
      return { sku, paths: ordered.slice(0, MOST_PHOTOS) };
    });
  return { skus, unmatched, beyond, withoutPhoto: [], notInTable: 0 };
}

/** What is called main, then what is called by the code alone, then the rest. */
function rankOf(path: string, sku: string): number {
  const stem = stemOf(path);
  if (IS_MAIN.test(stem)) return 0;
  return stem === sku ? 1 : 2;
}

const stemOf = (path: string): string => (path.split('/').at(-1) ?? '').replace(PHOTO, '');
