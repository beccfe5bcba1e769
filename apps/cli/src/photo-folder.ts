import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CliError } from './cli-error.ts';

/** A photo on this disk, and whose it is. */
export interface FolderPhoto {
  path: string;
  sku: string;
  name: string;
}

const PHOTO = /\.(jpe?g|png|webp|avif|heic|heif|tiff?|gif)$/i;
/** `MUG-01_1.jpg`, `MUG-01_main.jpg`, `MUG-01 (2).jpg`: what is behind the code tells the order. */
const NUMBERED =
  /^(.+?)(?:_(?:\d{1,3}|main|front|back|side|left|right|top|bottom|detail\d*)|\s*\(\d{1,3}\))$/i;
const IS_MAIN = /(^|[_\s-])(main|front|hero|cover|主图)([_\s.-]|$)/i;
const MOST_PHOTOS = 20;

/**
 * The photos of a folder by SKU: a folder in it is named for its SKU (`MUG-01/front.jpg`), a file beside for its SKU and its
 * place (`MUG-01_1.jpg`). A photo called main or front comes first, the others by name, numbers as numbers.
 */
export async function photosIn(folder: string): Promise<Map<string, FolderPhoto[]>> {
  const bySku = new Map<string, FolderPhoto[]>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const parts = relative(folder, path).split(sep);
    if (!entry.isFile() || !PHOTO.test(entry.name) || parts.some((part) => part.startsWith('.'))) continue;
    const stem = entry.name.replace(PHOTO, '');
    const sku =
      (parts.length > 1 ? parts[0] : (NUMBERED.exec(stem)?.[1] ?? stem))?.normalize('NFC').trim() ?? '';
    if (sku === '') continue;
    bySku.set(sku, [...(bySku.get(sku) ?? []), { path, sku, name: entry.name }]);
  }
  if (bySku.size === 0) throw new CliError('NO_PHOTOS', `There is no photo in ${folder}.`);
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  for (const [sku, photos] of bySku) {
    photos.sort((a, b) => rankOf(a) - rankOf(b) || compare(a.path, b.path));
    bySku.set(sku, photos.slice(0, MOST_PHOTOS));
  }
  return new Map([...bySku].sort(([a], [b]) => compare(a, b)));
}

/** What is called main, then what is called by the code alone, then the rest. */
function rankOf({ name, sku }: FolderPhoto): number {
  if (IS_MAIN.test(name)) return 0;
  return name.replace(PHOTO, '') === sku ? 1 : 2;
}
