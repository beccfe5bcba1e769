import type { SkuInput } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { readFeed } from './read-feed.ts';
import { readTable } from './read-table.ts';
import { TableError } from './table-error.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 7) {
  const skus: SkuInput[] = [];
  const reading = await readFeed(inPieces(text, size), (sku) => void skus.push(sku));
  return { ...reading, skus };
}

const item = (id: string, more = '') =>
  `<item><g:id>${id}</g:id><title>Größe “${id}”</title><g:image_link>https://x.example/${id}.jpg?a=1&amp;b=2</g:image_link>` +
  `<g:additional_image_link>https://x.example/${id}-2.jpg</g:additional_image_link>${more}</item>`;
const feed = (...items: string[]) =>
  `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>${items.join('\n')}</channel></rss>`;

describe('a feed that is read while it arrives', () => {
  test('gives the same SKUs as one that is read whole, wherever it is cut', async () => {
    const text = feed(
      item('A', '<g:color>red</g:color>'),
      item('B', '<g:price>9</g:price><g:shipping><g:price>1</g:price></g:shipping>'),
      item('C'),
    );
    const whole = await readTable(Buffer.from(text));
    for (const size of [1, 7, 64, 100_000]) {
      const { skus, dialect, items } = await read(text, size);
      expect(skus).toEqual(whole.skus);
      expect([dialect, items]).toEqual(['google', 3]);
    }
  });

  test('leaves out what cannot be taken, with its line and reason', async () => {
    const { skus, warnings } = await read(
      feed(item('A'), '\n<item><g:id>B</g:id><title>x</title></item>', item('A')),
    );
    expect(skus.map(({ sku }) => sku)).toEqual(['A']);
    expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringContaining('has no photo for SKU "B"'),
      expect.stringContaining('has the code "A" of a product before it'),
    ]);
  });

  test('without a product is refused', async () => {
    await expect(read('<rss><channel></channel></rss>')).rejects.toThrow(TableError);
  });
});
