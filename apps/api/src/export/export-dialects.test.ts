import { readdirSync, readFileSync } from 'node:fs';
import {
  type DialectName,
  exportFormat,
  exportRows,
  freshTable,
  type KeptHead,
  type KeptRow,
  readTable,
  type TableReading,
} from '@image-studio/tables';
import { describe, expect, test } from '@jest/globals';
import { type TableFormat, writeTable } from './write-table.ts';

const FOLDER = new URL('../../../../packages/tables/fixtures/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => !name.endsWith('.expected'));

/** Tables with variants and no column for a variant's own picture. */
const WITHOUT_OWN = ['squarespace.csv', 'wix.csv', 'bigcommerce-v2.csv'];
/** Columns that are attributes when they are read, and tell of pictures when they are written. */
const OF_PICTURES = /^(small_image|thumbnail_image|Product Image (Is Thumbnail|Sort) - \d+)$/;

/** Three pictures of each SKU; commas and spaces as they are in links. */
const picturesOf = (code: string) =>
  ['main', 'detail', 'scale'].map(
    (slot) => `https://pictures.example/image-studio/${encodeURIComponent(code)}/a_${slot}-0f.jpg?x=1&y=2`,
  );

async function bytesOf(stream: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function withoutPictures(attributes: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !OF_PICTURES.test(name)));
}

function exported(
  head: KeptHead,
  rows: readonly KeptRow[],
  format?: TableFormat,
  without: readonly string[] = [],
) {
  const codes = new Map<number, string[]>();
  for (const { product, code } of rows) {
    if (product === undefined || code === undefined || without.includes(code)) continue;
    codes.set(product, [...new Set([...(codes.get(product) ?? []), code])]);
  }
  const usual = exportFormat(head.dialect);
  const written = exportRows({
    head,
    rows,
    codesOf: (product) => codes.get(product) ?? [],
    linksOf: async (code) => (without.includes(code) ? [] : picturesOf(code)),
    most: { ofSku: 3, ofProduct: Math.max(...[...codes.values()].map((all) => all.length * 3)) },
  });
  return bytesOf(
    writeTable(written, {
      format: format ?? usual.format,
      delimiter: usual.delimiter,
      codes: [...(head.uses.code ?? []), ...(head.uses.handle ?? [])],
      sheet: 'Products',
    }),
  );
}

async function readFixture(
  name: string,
): Promise<TableReading & { kept: NonNullable<TableReading['kept']> }> {
  const reading = await readTable(readFileSync(new URL(name, FOLDER)));
  if (reading.kept === undefined) throw new Error(`${name} was not taken`);
  return { ...reading, kept: reading.kept };
}

/**
 * Each SKU begins with its own main picture, and has its others in their order. A shop that has no place for a variant's own
 * picture shows all of the product's.
 */
function expectPictures(reading: TableReading, codes: readonly string[], hasOwn = true): void {
  expect(reading.faults).toEqual([]);
  expect(reading.skus.map(({ sku }) => sku)).toEqual(codes);
  const known = new Set(codes.flatMap(picturesOf));
  for (const { sku, images } of reading.skus) {
    const urls = images.map(({ url }) => url);
    const [main, ...others] = picturesOf(sku);
    if (hasOwn) expect(urls[0]).toBe(main);
    else expect(urls).toContain(main);
    expect(urls.filter((url) => others.includes(url))).toEqual(others);
    expect(urls.filter((url) => !known.has(url))).toEqual([]);
  }
}

describe('the table of each shop, given back with other pictures, is read by its own importer', () => {
  test.each(names)('%s', async (name) => {
    const { kept, skus, dialect } = await readFixture(name);
    const bytes = await exported(kept, kept.rows);
    const again = await readTable(bytes, kept.headingsAt < 0 ? {} : { dialect });
    expectPictures(
      again,
      skus.map(({ sku }) => sku),
      !WITHOUT_OWN.includes(name),
    );
    // Everything else of it is as it was.
    for (const [at, { attributes = {} }] of skus.entries())
      expect(withoutPictures(again.skus[at]?.attributes)).toEqual(withoutPictures(attributes));
  });

  test.each(['shopify-variants.csv', 'amazon-template.txt', 'generic-workbook.xlsx', 'google-feed.rss.xml'])(
    '%s as CSV, TSV and XLSX',
    async (name) => {
      const { kept, skus, dialect } = await readFixture(name);
      for (const format of ['csv', 'tsv', 'xlsx'] as const) {
        const again = await readTable(await exported(kept, kept.rows, format), { dialect });
        expect(again.format).toBe(format);
        expectPictures(
          again,
          skus.map(({ sku }) => sku),
        );
      }
    },
  );

  test('it is recognised as that shop’s', async () => {
    for (const name of names) {
      const { kept, dialect } = await readFixture(name);
      expect([name, (await readTable(await exported(kept, kept.rows))).dialect]).toEqual([name, dialect]);
    }
  });

  test('a SKU without an approved picture is left out, and its neighbours stay', async () => {
    const { kept } = await readFixture('google-merchant.tsv');
    const again = await readTable(await exported(kept, kept.rows, undefined, ['G-1']));
    expectPictures(again, ['G-2']);
  });
});

describe('a table made afresh for a shop', () => {
  const columns = ['title', 'brand', 'color', 'Care label'].map((name) => ({ heading: name, name }));
  const skus = [
    { sku: '00123', attributes: { title: 'Mug, "big"', brand: 'Acme', 'Care label': '=1+1' } },
    { sku: 'A/1', attributes: { title: 'Bowl', color: 'red' } },
    { sku: 'A-1', attributes: { title: 'Bowl, small' } },
    { sku: '杯子', attributes: {} },
  ];
  const shops: DialectName[] = [
    ...['shopify', 'woocommerce', 'google', 'amazon', 'ebay', 'generic', 'magento', 'walmart', 'prestashop'],
    ...['bigcommerce', 'squarespace', 'tiktok', 'etsy', 'wix'],
  ] as DialectName[];

  test.each(shops)('for %s', async (shop) => {
    for (const format of ['csv', 'tsv', 'xlsx'] as const) {
      const table = freshTable(shop, columns);
      const rows = skus.map((sku, at) => table.rowOf(sku, at));
      const again = await readTable(await exported(table.head, rows, format), { dialect: shop });
      expectPictures(
        again,
        skus.map(({ sku }) => sku),
      );
    }
  });

  test('holds what a spreadsheet would run as text', async () => {
    const table = freshTable('generic', columns);
    const csv = (
      await exported(
        table.head,
        skus.map((sku, at) => table.rowOf(sku, at)),
      )
    ).toString();
    expect(csv).toContain(",'=1+1");
    expect(csv.split('\r\n')[0]).toBe(
      'sku,main_image_url,title,brand,color,Care label,image_url_2,image_url_3',
    );
  });
});
