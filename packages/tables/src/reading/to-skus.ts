import { SkuInput, type SourceImage, say } from '@image-studio/contract';
import { createPacer } from '../content/pacer.ts';
import type { Photo } from '../dialects/row-meaning.ts';
import { cutText } from './cut-text.ts';
import { isExcelError, isShortenedNumber } from './excel-damage.ts';
import { noteNoCode, type Product, type Variant } from './gather-products.ts';
import { mendAddress } from './mend-address.ts';
import type { RowNotes } from './row-notes.ts';

/** Bounds of the contract, beyond which a table is cut and not refused. */
const MAX_PHOTOS = 20;
const MAX_ATTRIBUTE_CHARS = 4000;
/** What a variant inherits of its product is what prompts use of it: short texts. */
const MAX_INHERITED_CHARS = 300;
/** Everything that comes out of a table: products with many variants repeat much of what they share. */
export const MAX_OUTPUT_CHARS = 96 * 1024 * 1024;

export interface SkuOptions {
  /** Address of the folder of photos that are named by their path only. */
  photoBase?: string | undefined;
}

/**
 * Makes SKUs of products: codes with their photos, the main one first. `null` when they would hold more than
 * `MAX_OUTPUT_CHARS`. SKUs without a photo that can be asked for are left out and remarked on.
 */
export async function toSkus(
  products: readonly Product[],
  options: SkuOptions,
  rowNotes: RowNotes,
): Promise<{ sku: SkuInput; line: number }[] | null> {
  const made: { sku: SkuInput; line: number }[] = [];
  const pace = createPacer();
  const taken = new Set(products.flatMap(({ variants }) => variants.map(({ code }) => code)));
  let chars = 0;
  for (const product of products) {
    await pace();
    for (const variant of variantsOf(product, taken, rowNotes)) {
      const sku = toSku(variant, product, options, rowNotes);
      if (sku === null) continue;
      chars += sizeOf(sku);
      if (chars > MAX_OUTPUT_CHARS) return null;
      made.push({ sku, line: variant.line });
      await pace();
    }
  }
  // In the order of their rows: variants of one product may stand apart.
  return made.sort((a, b) => a.line - b.line);
}

/** A product none of whose rows has a code goes by its own, if it has one that nothing else is called. */
export function variantsOf(product: Product, taken: Set<string>, rowNotes: RowNotes): Variant[] {
  if (product.variants.length > 0) return product.variants;
  const { fallback: code, line, title, attributes } = product;
  if (code === '' || taken.has(code)) {
    noteNoCode(line, title, rowNotes);
    return [];
  }
  taken.add(code);
  return [{ code, line, title, own: [], attributes }];
}

function toSku(variant: Variant, product: Product, options: SkuOptions, rowNotes: RowNotes): SkuInput | null {
  const { code, line, conflict } = variant;
  if (conflict !== undefined) {
    rowNotes.add({ kind: 'conflict', line, ...conflict, sku: code, isFault: true });
    return null;
  }
  if (isShortenedNumber(code)) {
    const said = say`has the code ${code}: Excel turned a code into a number and dropped its last digits; format the column as text and export again`;
    rowNotes.add({ kind: 'shortened', line, ...said, sku: code, isFault: true });
  }
  const photos = photosOf(variant, product);
  const images = toImages(photos, variant, options, rowNotes);
  if (images.length === 0) {
    const name = JSON.stringify(code);
    const said =
      photos.length === 0
        ? say`has no photo for SKU ${name}; it was left out`
        : say`has no photo that can be fetched for SKU ${name}; it was left out`;
    rowNotes.add({ kind: 'no photo', line, ...said, sku: code, isFault: true });
    return null;
  }
  const attributes = cutAttributes(variant, product, rowNotes);
  const named = images.every(({ name }) => name !== undefined);
  const isOrdered = !named || photos.some(({ main, position }) => main || position !== undefined);
  const parsed = SkuInput.safeParse({
    sku: code,
    images,
    ...(isOrdered && { photoOrder: 'given' }),
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [where, what] = [issue?.path.join('.') ?? '', issue?.message ?? ''];
  const said = say`cannot be taken: ${where} ${what}; it was left out`;
  rowNotes.add({ kind: 'invalid', line, ...said, sku: code.slice(0, 40), isFault: true });
  return null;
}

/**
 * A variant's own photos come first, else the product's main one; then the product's others, without those that are another
 * variant's own.
 */
export function photosOf({ own, code }: Variant, { shared, variants }: Product): Photo[] {
  const ours = inOrder(shared);
  const mine = own.length > 0 ? inOrder(own) : ours.slice(0, 1);
  const theirs = new Set(
    variants.flatMap((other) => (other.code === code ? [] : other.own.map(({ address }) => address))),
  );
  const rest = ours.filter(({ address }) => !theirs.has(address)).map((photo) => ({ ...photo, main: false }));
  return [...mine, ...rest];
}

function inOrder(photos: readonly Photo[]): Photo[] {
  const key = ({ position }: Photo) => position ?? Number.POSITIVE_INFINITY;
  const rank = (a: Photo, b: Photo) => Number(b.main ?? false) - Number(a.main ?? false);
  // Subtracting two infinities is no number: places that nobody gave stay as they are.
  return [...photos].sort((a, b) => rank(a, b) || (key(a) === key(b) ? 0 : key(a) - key(b)));
}

function toImages(
  photos: readonly Photo[],
  { line, code }: Variant,
  { photoBase }: SkuOptions,
  rowNotes: RowNotes,
): SourceImage[] {
  const images = new Map<string, SourceImage>();
  let beyond = 0;
  const seen = new Set<string>();
  for (const { address, name } of photos) {
    if (seen.has(address)) continue;
    seen.add(address);
    const mended = mendAddress(address, photoBase);
    if ('fault' in mended) {
      const shown = JSON.stringify(address.length > 80 ? `${address.slice(0, 80)}…` : address);
      const what = isExcelError(address) ? say`is an error of a spreadsheet’s formula` : mended.fault;
      rowNotes.add({
        kind: `address ${what.message}`,
        line,
        ...say`has the photo address ${shown}, which ${what}`,
        sku: code,
        isFault: true,
      });
      continue;
    }
    if (images.has(mended.url)) continue;
    if (images.size >= MAX_PHOTOS) {
      beyond += 1;
      continue;
    }
    if (mended.mended !== undefined) {
      const [before, after] = [JSON.stringify(address.slice(0, 80)), mended.url.slice(0, 120)];
      const said = say`has the photo address ${before}, which was mended (${mended.mended}): ${after}`;
      rowNotes.add({ kind: 'mended', line, ...said, sku: code, isFault: false });
    }
    images.set(mended.url, { url: mended.url, ...(name !== undefined && { name: name.slice(0, 255) }) });
  }
  if (beyond > 0) {
    const said = say`has ${MAX_PHOTOS + beyond} photos for SKU ${JSON.stringify(code)}, the limit is ${MAX_PHOTOS}; the last ${beyond} were left out`;
    rowNotes.add({ kind: 'too many photos', line, ...said, sku: code, isFault: true });
  }
  return [...images.values()];
}

export function cutAttributes(variant: Variant, product: Product, rowNotes: RowNotes): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [name, text] of variant.attributes) {
    if (text.length > MAX_ATTRIBUTE_CHARS) {
      const { line, code } = variant;
      const said = say`has ${text.length} characters in ${JSON.stringify(name)}, the limit is ${MAX_ATTRIBUTE_CHARS}; the rest was cut off`;
      rowNotes.add({ kind: 'long text', line, ...said, sku: code, isFault: true });
    }
    attributes.set(name, cutText(text, MAX_ATTRIBUTE_CHARS));
  }
  for (const [name, text] of product.attributes) {
    if (!attributes.has(name) && text.length <= MAX_INHERITED_CHARS) attributes.set(name, text);
  }
  return attributes;
}

function sizeOf({ sku, images, attributes = {} }: SkuInput): number {
  let chars = sku.length;
  for (const { url } of images) chars += url.length;
  for (const [name, text] of Object.entries(attributes)) chars += name.length + text.length;
  return chars;
}
