import type { SkuInput } from '@image-studio/contract';
import { fileName } from './file-name.ts';
import { type NamePattern, plainCode, type ReadName } from './name-pattern.ts';

/** What a table says of one product; `photos` are the cells for its photos. */
export interface TableProduct {
  sku: string;
  attributes: Record<string, string>;
  photos: string[];
}

/** Photos by product, in their order, and what did not fit. */
export interface PhotoGroups {
  skus: { sku: string; paths: string[]; attributes?: Record<string, string> }[];
  /** Photos that belong to nothing. */
  unmatched: string[];
  /** Photos beyond what one SKU takes. */
  beyond: number;
  /** Codes of the table without a photo, and products of the photos that are not in the table. */
  withoutPhoto: string[];
  notInTable: number;
}

/** Most photos of a SKU. */
const MOST_PHOTOS = 20;
const MAIN = /(?<![a-z])(main|hero|primary|front)(?![a-z])|主图|主圖|首图|正面/i;

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Sorts photos to products. Where a table names the files of a product, that decides, and their order; else the pattern does:
 * by its number, else main views first and then by name. A photo that is called just like a product is its first one.
 */
export function groupPhotos(
  paths: readonly string[],
  pattern: NamePattern | null,
  table: readonly TableProduct[] = [],
): PhotoGroups {
  const codes = new Map(table.map((product) => [plainCode(product.sku), product]));
  const named = filesOfTable(table);
  const groups = new Map<string, Placed[]>();
  const left: string[] = [];
  for (const path of paths) {
    const place = named.get(fileName(path).toLowerCase());
    const read = place === undefined ? (pattern?.(path) ?? null) : null;
    const sku = place?.sku ?? (read && (codes.get(plainCode(read.sku))?.sku ?? read.sku));
    if (!sku) left.push(path);
    else add(groups, sku, { path, ...(place && { place: place.at }), ...read });
  }
  const unmatched = left.filter((path) => {
    const stem = plainCode(fileName(path).replace(/\.[a-z0-9]{1,5}$/i, ''));
    const sku = codes.get(stem)?.sku ?? [...groups.keys()].find((code) => plainCode(code) === stem);
    if (sku === undefined) return true;
    add(groups, sku, { path, place: -1 });
    return false;
  });
  const order = new Map(table.map(({ sku }, at) => [sku, at]));
  const rank = (sku: string): number => order.get(sku) ?? table.length;
  let beyond = 0;
  const skus = [...groups]
    .sort(([a], [b]) => rank(a) - rank(b) || byName.compare(a, b))
    .map(([sku, photos]) => {
      beyond += Math.max(0, photos.length - MOST_PHOTOS);
      const attributes = codes.get(plainCode(sku))?.attributes;
      const ordered = photos.sort(compare).slice(0, MOST_PHOTOS);
      return { sku, paths: ordered.map(({ path }) => path), ...(attributes && { attributes }) };
    });
  return {
    skus,
    unmatched,
    beyond,
    withoutPhoto: table.flatMap(({ sku }) => (groups.has(sku) ? [] : [sku])),
    notInTable: table.length === 0 ? 0 : [...groups.keys()].filter((sku) => !order.has(sku)).length,
  };
}

/** The products as they are submitted, of uploaded photos. Photos that are not there are left out. */
export function toSkuInputs(groups: PhotoGroups, digestOf: (path: string) => string | undefined): SkuInput[] {
  return groups.skus.flatMap(({ sku, paths, attributes }) => {
    const images = paths.flatMap((path) => {
      const sha256 = digestOf(path);
      return sha256 === undefined ? [] : [{ url: `photo:${sha256}`, name: fileName(path).slice(-255) }];
    });
    if (images.length === 0) return [];
    const some = attributes && Object.keys(attributes).length > 0 ? { attributes } : {};
    return [{ sku, images: withoutTwins(images), photoOrder: 'given' as const, ...some }];
  });
}

interface Placed extends Partial<ReadName> {
  path: string;
  /** Place in the table. */
  place?: number;
}

/** Files that the table names, by what they are called. A name that two products share says nothing. */
function filesOfTable(table: readonly TableProduct[]): Map<string, { sku: string; at: number }> {
  const files = new Map<string, { sku: string; at: number }>();
  const shared = new Set<string>();
  for (const { sku, photos } of table) {
    for (const [at, text] of photos.entries()) {
      const name = text.replaceAll('\\', '/').replace(/[?#].*$/, '');
      const key = fileName(name).toLowerCase();
      if (files.has(key) && files.get(key)?.sku !== sku) shared.add(key);
      files.set(key, files.get(key) ?? { sku, at });
    }
  }
  for (const key of shared) files.delete(key);
  return files;
}

function add(groups: Map<string, Placed[]>, sku: string, photo: Placed): void {
  const photos = groups.get(sku);
  if (photos) photos.push(photo);
  else groups.set(sku, [photo]);
}

function compare(a: Placed, b: Placed): number {
  const at = ({ place, number }: Placed) => place ?? number ?? Number.MAX_SAFE_INTEGER;
  const isMain = ({ name = '' }: Placed) => Number(!MAIN.test(name));
  return at(a) - at(b) || isMain(a) - isMain(b) || byName.compare(a.path, b.path);
}

function withoutTwins<T extends { url: string }>(images: T[]): T[] {
  return images.filter(({ url }, at) => images.findIndex((image) => image.url === url) === at);
}
