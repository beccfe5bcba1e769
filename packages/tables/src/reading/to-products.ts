import { say } from '@image-studio/contract';
import { createPacer } from '../content/pacer.ts';
import type { Product } from './gather-products.ts';
import type { RowNotes } from './row-notes.ts';
import { cutAttributes, MAX_OUTPUT_CHARS, photosOf, variantsOf } from './to-skus.ts';

/** What a table says of one code, whether it has photos or not. */
export interface TableProduct {
  sku: string;
  attributes: Record<string, string>;
  /** What stands in its cells for photos, in order: addresses, paths, names of files. */
  photos: string[];
}

/** Longest text of a cell for a photo that is handed on. */
const MAX_PHOTO_CHARS = 1000;
/** Photos of one SKU that are handed on. */
const MAX_PHOTOS = 20;
/** As in the contract. */
const MAX_CODE_CHARS = 128;

/** Makes products of rows for somebody who has the photos elsewhere. `null` when they hold too much text. */
export async function toProducts(
  products: readonly Product[],
  rowNotes: RowNotes,
): Promise<TableProduct[] | null> {
  const made: { product: TableProduct; line: number }[] = [];
  const taken = new Set(products.flatMap(({ variants }) => variants.map(({ code }) => code)));
  const pace = createPacer();
  let chars = 0;
  for (const product of products) {
    for (const variant of variantsOf(product, taken, rowNotes)) {
      await pace();
      const { code: sku, line, conflict } = variant;
      if (conflict !== undefined || sku.length > MAX_CODE_CHARS) {
        const said = conflict ?? say`has a code of ${sku.length} characters, the limit is ${MAX_CODE_CHARS}`;
        rowNotes.add({ kind: 'conflict', line, ...said, sku: sku.slice(0, 40), isFault: true });
        continue;
      }
      const attributes = Object.fromEntries(cutAttributes(variant, product, rowNotes));
      const photos = [...new Set(photosOf(variant, product).map(({ address }) => address.trim()))]
        .filter((text) => text !== '' && text.length <= MAX_PHOTO_CHARS)
        .slice(0, MAX_PHOTOS);
      chars += sku.length + photos.join('').length;
      for (const [name, text] of Object.entries(attributes)) chars += name.length + text.length;
      if (chars > MAX_OUTPUT_CHARS) return null;
      made.push({ product: { sku, attributes, photos }, line });
    }
  }
  return made.sort((a, b) => a.line - b.line).map(({ product }) => product);
}
