import { describe, expect, test } from '@jest/globals';
import { previewCsv } from './preview-csv.ts';

const preview = (table: string) => previewCsv(Buffer.from(table));

describe('the preview of a table', () => {
  test('says what each column is, shows the first rows and counts', async () => {
    const rows = Array.from({ length: 8 }, (_, n) => `S${n};https://x/${n}.jpg|https://x/${n}b.jpg;red`);
    const answer = await preview(`SKU;Image URL;Farbe\n${rows.join('\n')}\n`);
    expect(answer.columns).toEqual([
      { heading: 'SKU', is: 'sku' },
      { heading: 'Image URL', is: 'image' },
      { heading: 'Farbe', is: 'attribute', name: 'Farbe' },
    ]);
    expect(answer.rows).toHaveLength(5);
    expect(answer.rows[0]).toEqual({ line: 2, cells: ['S0', 'https://x/0.jpg|https://x/0b.jpg', 'red'] });
    expect(answer).toMatchObject({ skus: 8, photos: 16, faults: [] });
  });

  test('names faults by their line and shows what could be read', async () => {
    const answer = await preview('sku,url\nA,https://x/1.jpg\n,https://x/2.jpg\nB,\n');
    expect(answer.columns).toHaveLength(2);
    expect(answer.rows).toHaveLength(3);
    expect(answer.skus).toBeNull();
    expect(answer.faults).toEqual([
      { path: 'line 3', message: 'has no SKU code' },
      { path: 'line 4', message: 'has no photo for SKU "B"' },
    ]);
  });

  test.each([
    ['a table without a photo column', 'sku,title\nA,x\n', 'line 1'],
    ['quotes that never close', 'sku,url\n"A,https://x/1.jpg\n', 'line'],
    ['nothing', '', 'line 1'],
  ])('of %s is its fault', async (_, table, path) => {
    const answer = await preview(table);
    expect(answer.skus).toBeNull();
    expect(answer.faults[0]?.path).toContain(path);
  });
});
