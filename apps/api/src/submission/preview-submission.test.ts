import { describe, expect, test } from '@jest/globals';
import { previewSubmission } from './preview-submission.ts';

const anywhere = { check: () => {} };
const preview = async (table: string, query: object = {}) =>
  (
    await previewSubmission(
      Buffer.from(table, table.startsWith('\x89') ? 'latin1' : 'utf8'),
      'text/csv',
      query,
      anywhere,
    )
  ).preview;

describe('the preview of a submission', () => {
  test('says what each column of a table is, shows its first rows and counts', async () => {
    const rows = Array.from({ length: 8 }, (_, n) => `S${n};https://x/${n}.jpg|https://x/${n}b.jpg;red`);
    const answer = await preview(`SKU;Image URL;Farbe\n${rows.join('\n')}\n`);
    expect(answer.columns).toEqual([
      { heading: 'SKU', is: 'sku', samples: ['S0', 'S1', 'S2'] },
      expect.objectContaining({ heading: 'Image URL', is: 'image' }),
      { heading: 'Farbe', is: 'attribute', name: 'Farbe', samples: ['red'] },
    ]);
    expect(answer).toMatchObject({ format: 'csv', dialect: 'generic', label: 'table', encoding: 'utf-8' });
    expect(answer.rows).toHaveLength(5);
    expect(answer.rows[0]).toEqual({ line: 2, cells: ['S0', 'https://x/0.jpg|https://x/0b.jpg', 'red'] });
    expect(answer).toMatchObject({ skus: 8, photos: 16, faults: [] });
  });

  test('warns of bad rows and takes the others', async () => {
    const answer = await preview('sku,url\nA,https://x/1.jpg\n,https://x/2.jpg\nB,hello world\n');
    expect(answer).toMatchObject({ skus: 1, photos: 1, faults: [] });
    expect(answer.warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'line 3 has no SKU code; the row was left out',
      'line 4 has the photo address "hello world", which is not an address',
      'line 4 has no photo that can be fetched for SKU "B"; it was left out',
    ]);
  });

  test('names faults of a table by their line, those of the options too, and shows what could be read', async () => {
    const table = 'sku,url\nA,https://x/1.jpg\n,https://x/2.jpg\nB,\n';
    const answer = await preview(table, { budgetUsd: 'ten', strict: 'true' });
    expect(answer.columns).toHaveLength(2);
    expect(answer.rows).toHaveLength(3);
    expect(answer.skus).toBeNull();
    expect(answer.faults).toMatchObject([
      { path: 'budgetUsd', message: 'must be a number' },
      { path: 'line 3', message: 'has no SKU code; the row was left out' },
      { path: 'line 4', message: 'has no photo for SKU "B"; it was left out' },
    ]);
  });

  test.each([
    ['a table without a photo column', 'sku,title\nA,x\n', 'line 1'],
    ['a picture', '\x89PNG\r\n', 'body'],
    ['nothing', '', 'line 1'],
  ])('of %s is its fault', async (_, table, path) => {
    const answer = await preview(table);
    expect(answer.skus).toBeNull();
    expect(answer.faults[0]?.path).toContain(path);
  });

  test('names options in the query that JSON does not take, instead of failing', async () => {
    const body = Buffer.from('{}');
    const { preview } = await previewSubmission(body, 'application/json', { nonsense: '1' }, anywhere);
    expect(preview.faults).toMatchObject([{ path: 'nonsense', message: 'is not a known field' }, {}]);
  });

  test('shows attributes that are called like what every object has', async () => {
    const images = [{ url: 'https://x/1.jpg' }];
    const skus = [
      { sku: 'A', images, attributes: { toString: 'x' } },
      { sku: 'B', images },
    ];
    const { preview } = await previewSubmission(
      Buffer.from(JSON.stringify({ skus })),
      'application/json',
      {},
      anywhere,
    );
    expect(preview.rows.map(({ cells }) => cells.at(-1))).toEqual(['x', '']);
  });

  test('shows JSON as a table', async () => {
    const skus = [
      {
        sku: 'A',
        images: [{ url: 'https://x/1.jpg' }, { url: 'https://x/2.jpg' }],
        attributes: { title: 'Mug' },
      },
      { sku: 'B', images: [{ url: 'https://x/3.jpg' }], attributes: { color: 'red' } },
    ];
    const body = Buffer.from(JSON.stringify({ skus }));
    expect((await previewSubmission(body, 'application/json', {}, anywhere)).preview).toEqual({
      columns: [
        { heading: 'sku', is: 'sku', samples: [] },
        { heading: 'images', is: 'image', samples: [] },
        { heading: 'title', is: 'attribute', name: 'title', samples: [] },
        { heading: 'color', is: 'attribute', name: 'color', samples: [] },
      ],
      rows: [
        { line: 1, cells: ['A', 'https://x/1.jpg https://x/2.jpg', 'Mug', ''] },
        { line: 2, cells: ['B', 'https://x/3.jpg', '', 'red'] },
      ],
      skus: 2,
      photos: 3,
      format: 'json',
      warnings: [],
      faults: [],
    });
  });

  test('tells what is what by its bytes, whatever the client calls it', async () => {
    const json = JSON.stringify({ skus: [{ sku: 'A', images: [{ url: 'hello world' }] }] });
    const asCsv = await previewSubmission(Buffer.from(json), 'text/csv', {}, anywhere);
    expect(asCsv.preview).toMatchObject({ format: 'json', skus: 1 });
    expect(asCsv.preview.warnings).toEqual([
      expect.objectContaining({
        path: 'skus[0].images[0].url',
        message: expect.stringContaining('"hello world"'),
        examples: ['A'],
      }),
    ]);
    const asJson = await previewSubmission(
      Buffer.from('sku,url\nA,https://x/1'),
      'application/json',
      {},
      anywhere,
    );
    expect(asJson.preview).toMatchObject({ format: 'csv', skus: 1 });
  });

  test.each([
    ['broken JSON', '{"skus":[', ''],
    ['a profile that is none', '{"profile":"bazaar","skus":[{"sku":"A","images":[{"url":"u"}]}]}', 'profile'],
    ['a SKU without photos', '{"skus":[{"sku":"A","images":[]}]}', 'skus[0].images'],
  ])('of %s tells where', async (_, body, path) => {
    const { preview: answer, draft } = await previewSubmission(
      Buffer.from(body),
      'application/json',
      {},
      anywhere,
    );
    expect(answer.faults).toMatchObject([{ path }]);
    expect(draft).toBeNull();
  });
});
