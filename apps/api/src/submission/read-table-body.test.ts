import { describe, expect, test } from '@jest/globals';
import { ProblemError } from '../http/problem-error.ts';
import { readTableBody } from './read-table-body.ts';
import { TableQuery, toBatchOptions, toTableOptions } from './table-query.ts';

const read = (table: string | Buffer, query: object = {}) =>
  readTableBody(Buffer.from(table), toTableOptions(TableQuery.parse(query)));

async function problemOf(table: string | Buffer, query: object = {}): Promise<ProblemError> {
  const error = await read(table, query).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe('a body that is a table', () => {
  test('becomes SKUs, the columns of its attributes, its dialect and what is to be known of it', async () => {
    const table =
      'id,title,image_link,additional_image_link,price\nG-1,Mug,//x.example/2.jpg,https://x.example/1.jpg,9\n';
    expect(await read(table)).toEqual({
      skus: [
        {
          sku: 'G-1',
          images: [{ url: 'https://x.example/2.jpg' }, { url: 'https://x.example/1.jpg' }],
          photoOrder: 'given',
          attributes: { title: 'Mug', price: '9' },
        },
      ],
      columns: [
        { heading: 'title', name: 'title' },
        { heading: 'price', name: 'price' },
      ],
      kept: expect.objectContaining({ dialect: 'google', format: 'csv' }),
      table: {
        dialect: 'google',
        warnings: [expect.objectContaining({ path: 'line 2', skus: 1, examples: ['G-1'] })],
      },
    });
  });

  test('is read as the query says', async () => {
    const table = 'Nr,A,B\n1,https://x/1,https://x/2\n';
    const columns = JSON.stringify({ sku: 'Nr', main: 'B', images: ['A'] });
    const { skus, table: read1 } = await read(table, { columns });
    expect(skus[0]?.images).toEqual([{ url: 'https://x/2' }, { url: 'https://x/1' }]);
    expect(read1?.dialect).toBe('generic');
    expect(
      (await read('sku,image_link\nA,https://x/1\n', { dialect: 'walmart' }).catch((e) => e)).errors,
    ).toEqual([expect.objectContaining({ message: expect.stringContaining('has no column "image"') })]);
  });

  test.each([['nonsense'], ['{"sku":7.5}'], ['{"price":"A"}']])('refuses columns=%s with 400', (columns) => {
    expect(() => toTableOptions(TableQuery.parse({ columns }))).toThrow(
      expect.objectContaining({ status: 400, code: 'INVALID_QUERY' }),
    );
  });

  test.each([
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 415, 'NOT_A_TABLE'],
    ['a row that is too long', `sku,url\nA,${'x'.repeat(1_100_000)}`, 400, 'MALFORMED_TABLE'],
    ['a table without photos', 'sku,title\nA,x\n', 422, 'INVALID_BODY'],
    ['1001 columns', `sku,image${',a'.repeat(1000)}\nA,u\n`, 422, 'INVALID_BODY'],
  ])('%s is refused', async (_, table, status, code) => {
    expect(await problemOf(table)).toMatchObject({ status, code, errors: [expect.anything()] });
  });

  test('more SKUs than a batch may hold are counted', async () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => `S${index},https://x/${index}`);
    expect(await problemOf(`sku,url\n${rows.join('\n')}`)).toMatchObject({
      status: 422,
      code: 'TOO_MANY_SKUS',
      message: expect.stringContaining('10001'),
    });
  });

  test('with strict=true is refused with every fault, at most as many as an answer holds', async () => {
    const { errors } = await problemOf('sku,url\nA,https://x/1\n,https://x/2\nB,\n', { strict: 'true' });
    expect(errors.map(({ path }) => path)).toEqual(['line 3', 'line 4']);
  });
});

describe('the options of its batch', () => {
  test('come from the query', () => {
    const query = {
      profile: 'amazon',
      secondary: 'detail,lifestyle',
      width: '800',
      height: '600',
      format: 'png',
      prompt: 'on white',
      strict: 'true',
    };
    expect(toBatchOptions(TableQuery.parse(query))).toMatchObject({
      profile: 'amazon',
      main: { prompt: 'on white' },
      secondary: { kinds: ['detail', 'lifestyle'] },
      output: { width: 800, height: 600, format: 'png' },
    });
    expect(() => toBatchOptions(TableQuery.parse({ width: '800' }))).toThrow(
      expect.objectContaining({
        status: 400,
        errors: [
          expect.objectContaining({ path: 'output.height' }),
          expect.objectContaining({ path: 'output.format' }),
        ],
      }),
    );
  });
});
