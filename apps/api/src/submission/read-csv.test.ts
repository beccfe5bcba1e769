import { describe, expect, test } from '@jest/globals';
import { ProblemError } from '../http/problem-error.ts';
import { readCsv } from './read-csv.ts';

const read = async (text: string | Buffer, query = {}) => (await readCsv(Buffer.from(text), query)).skus;

const faults = async (text: string) => {
  const error = await readCsv(Buffer.from(text), {}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).errors;
};

describe('tables', () => {
  test('one row per SKU, with several photos in a cell', async () => {
    expect(
      await read('sku,images,title\nA1,https://x/1.jpg|https://x/2.jpg,Mug\nA2,https://x/3.jpg,\n'),
    ).toEqual([
      {
        sku: 'A1',
        images: [{ url: 'https://x/1.jpg' }, { url: 'https://x/2.jpg' }],
        attributes: { title: 'Mug' },
      },
      { sku: 'A2', images: [{ url: 'https://x/3.jpg' }] },
    ]);
  });

  test('one row per photo: rows of a code are one SKU, in the order of first appearance', async () => {
    const text =
      'SKU,Image URL,image_name\nA,https://x/a_1.jpg,a main.jpg\nB,https://x/b.jpg,\nA,https://x/a_2.jpg,\n';
    expect(await read(text)).toEqual([
      { sku: 'A', images: [{ url: 'https://x/a_1.jpg', name: 'a main.jpg' }, { url: 'https://x/a_2.jpg' }] },
      { sku: 'B', images: [{ url: 'https://x/b.jpg' }] },
    ]);
  });

  test.each([
    ['photos in numbered columns', 'sku,image_1,image_2\nA,https://x/1,https://x/2'],
    ['Shopify headings', 'Variant SKU,Image Src\nA,https://x/1\nA,https://x/2'],
    ['Amazon headings', 'item_sku,main_image_url,other_image_url1\nA,https://x/1,https://x/2'],
    ['Google headings', 'id,image link,additional_image_link\nA,https://x/1,https://x/2'],
    ['semicolons and CRLF', 'sku;url\r\nA;https://x/1\r\nA;https://x/2\r\n'],
    ['tabs', 'sku\turl\nA\thttps://x/1\nA\thttps://x/2'],
    ['a byte order mark', '\ufeffsku,url\nA,https://x/1\nA,https://x/2'],
    ['a line break in a quoted cell', 'sku,images\nA,"https://x/1\r\nhttps://x/2"'],
    ['commas and spaces in a quoted cell', 'sku,images\nA,"https://x/1, https://x/2"'],
    ['empty lines', '\n\nsku,images\n\nA,https://x/1\n,\nA,https://x/2\n\n'],
    ['old Macintosh line ends', 'sku,url\rA,https://x/1\rA,https://x/2\r'],
    ['Chinese headings', '货号,图片链接\nA,https://x/1\nA,https://x/2'],
  ])('%s', async (_name, text) => {
    expect(await read(text)).toEqual([
      { sku: 'A', images: [{ url: 'https://x/1' }, { url: 'https://x/2' }] },
    ]);
  });

  test('UTF-16, as spreadsheets export "Unicode text"', async () => {
    const bytes = Buffer.from('\ufeffsku\turl\nÄ\thttps://x/1\n', 'utf16le');
    expect(await read(bytes)).toEqual([{ sku: 'Ä', images: [{ url: 'https://x/1' }] }]);
  });

  test('commas inside a URL stay in it', async () => {
    expect(await read('sku,url\nA,"https://cdn/c_fill,w_400/a.jpg"')).toEqual([
      { sku: 'A', images: [{ url: 'https://cdn/c_fill,w_400/a.jpg' }] },
    ]);
  });

  test('a cell of 100,000 spaces takes no longer than any other', async () => {
    const start = performance.now();
    for (const gap of [' ', ',', ', '])
      await read(`sku,url\nA,"https://x/1${gap.repeat(100_000)}b"`).catch(() => {});
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('unknown columns become attributes as they are headed; the first row of a SKU wins', async () => {
    const text = 'sku,url,Net Weight,NAME\nA,https://x/1,200 g,Mug\nA,https://x/2,300 g,Cup';
    expect((await read(text))[0]?.attributes).toEqual({ 'Net Weight': '200 g', name: 'Mug' });
  });

  test('what stands in such a column is kept to the last space; a blank cell is none', async () => {
    const text = 'sku,url,note,size\nA,https://x/1,"  two \r\nlines\t", \nA,https://x/2,,4';
    expect((await read(text))[0]?.attributes).toEqual({ note: '  two \r\nlines\t', size: '4' });
  });

  test('a name that is plainly a file names the photo', async () => {
    expect(await read('sku,url,name\nA,https://x/1,A_main.jpg')).toEqual([
      { sku: 'A', images: [{ url: 'https://x/1', name: 'A_main.jpg' }] },
    ]);
  });

  test('options come from the query', async () => {
    const query = {
      profile: 'amazon',
      secondary: 'detail,lifestyle',
      width: 800,
      height: 600,
      format: 'png' as const,
      prompt: 'on white',
    };
    expect((await readCsv(Buffer.from('sku,url\nA,https://x/1'), query)).options).toMatchObject({
      profile: 'amazon',
      main: { prompt: 'on white' },
      secondary: { kinds: ['detail', 'lifestyle'] },
      output: { width: 800, height: 600, format: 'png' },
    });
    await expect(read('sku,url\nA,https://x/1', { width: 800 })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: 'output.height' }, { path: 'output.format' }],
    });
  });
});

describe('faults', () => {
  test('name the line on which the row starts, whatever line breaks came before', async () => {
    const text = 'sku,url,note\nA,https://x/1,"two\nlines"\n\n,https://x/2,\nB,,\nC,https://x/3,a,b\n';
    expect(await faults(text)).toEqual([
      { path: 'line 5', message: 'has no SKU code' },
      { path: 'line 7', message: 'has 4 cells, the first line has 3; is a separator not quoted?' },
      { path: 'line 6', message: 'has no photo for SKU "B"' },
    ]);
  });

  test('name columns that are missing, doubled or impossible', async () => {
    expect(await faults('name,price\nA,1')).toEqual([
      { path: 'line 1', message: 'has no column "sku"' },
      { path: 'line 1', message: 'has no column "image"' },
    ]);
    expect(await faults('sku,url,size,size,__proto__\nA,https://x/1,1,2,3')).toEqual([
      { path: 'line 1, column 4', message: 'is headed "size" like a column before it' },
      { path: 'line 1, column 5', message: 'is headed "__proto__", which is not a possible name' },
    ]);
  });

  test('an empty table and one without rows are faults', async () => {
    expect(await faults('')).toMatchObject([{ path: 'line 1' }]);
    expect(await faults('sku,url\n')).toMatchObject([{ path: 'line 2' }]);
  });

  test.each([
    ['quotes that are never closed', 'sku,url\nA,"https://x/1\n', 'MALFORMED_CSV'],
    ['text behind a closing quote', 'sku,url\nA,"https://x/1"x\n', 'MALFORMED_CSV'],
    ['a quote in the middle of a cell', 'sku,url\nA,x"https://x/1"\n', 'MALFORMED_CSV'],
    ['bytes that are not UTF-8', Buffer.from([0x73, 0x6b, 0x75, 0x2c, 0xff, 0x0a]), 'MALFORMED_CSV'],
  ])('%s are refused with 400', async (_name, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ status: 400, code });
  });

  test('more SKUs than a batch may hold are counted', async () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => `S${index},https://x/${index}`);
    await expect(read(`sku,url\n${rows.join('\n')}`)).rejects.toMatchObject({
      status: 422,
      code: 'TOO_MANY_SKUS',
      message: expect.stringContaining('10001'),
    });
  });
});

test('a table of 200,000 equal headings is told how many it may have', async () => {
  expect(await faults(`sku,image${',a'.repeat(200_000)}\nA,u\n`)).toEqual([
    { path: 'line 1', message: 'has 200002 columns, the limit is 1000' },
  ]);
  expect(await faults(`sku,image${',a'.repeat(900)}\nA,u\n`)).toHaveLength(100);
});
