import { describe, expect, test } from '@jest/globals';
import { ProblemError } from './problem-error.ts';
import { splitJson } from './split-json.ts';

const read = async (text: string | Buffer, path: string[]) => {
  const split = await splitJson(Buffer.from(text), path);
  try {
    const items: unknown[] = [];
    for await (const chunk of split.chunks) items.push(...chunk);
    return { rest: split.rest, length: split.length, items };
  } finally {
    await split.close();
  }
};

/** Enough spaces to be parsed in the thread. */
const large = (text: string) => text + ' '.repeat(600 * 1024);

describe.each([
  ['a small body', (text: string) => text],
  ['a large body, in a thread', large],
])('%s', (_name, padded) => {
  test('gives its collection in order and the rest without it', async () => {
    const skus = Array.from({ length: 1234 }, (_, index) => ({ sku: `S${index}` }));
    expect(await read(padded(JSON.stringify({ name: 'spring', skus })), ['skus'])).toEqual({
      rest: { name: 'spring' },
      length: 1234,
      items: skus,
    });
  });

  test('gives the entries of an object, with "__proto__" as an ordinary key', async () => {
    const text = padded('{"options":{"map":{"__proto__":[1],"B":[2]},"model":"m"}}');
    const { items, rest } = await read(text, ['options', 'map']);
    expect(items).toEqual([
      ['__proto__', [1]],
      ['B', [2]],
    ]);
    expect(rest).toEqual({ options: { model: 'm' } });
    expect(Object.getPrototypeOf(rest)).toBe(Object.prototype);
  });

  test('says null when there is no collection', async () => {
    expect(await read(padded('{"skus":7}'), ['skus'])).toEqual({
      rest: { skus: 7 },
      length: null,
      items: [],
    });
    expect(await read(padded('[]'), ['skus'])).toEqual({ rest: [], length: null, items: [] });
    expect(await read(padded('{"options":null}'), ['options', 'map'])).toMatchObject({ length: null });
  });

  test('refuses what is not JSON without repeating the text around the fault', async () => {
    const error = await read(padded('{"api_key":"AIza-very-secret",,}'), ['skus']).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
    expect(String(error)).not.toContain('secret');
  });

  test('refuses text that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from(padded('"}'))]);
    await expect(read(bytes, ['skus'])).rejects.toMatchObject({ code: 'MALFORMED_JSON' });
  });
});

test('a single SKU too large to parse without blocking is refused by number and size', async () => {
  const skus = [{ sku: 'A' }, { sku: 'B', attributes: { a: 'x'.repeat(1_100_000) } }];
  await expect(read(JSON.stringify({ skus }), ['skus'])).rejects.toMatchObject({
    status: 422,
    code: 'ELEMENT_TOO_LARGE',
    message: expect.stringContaining('SKU 2 holds 1100'),
  });
});

test('a large body nested deeper than any stack is refused by the thread, which survives it', async () => {
  const text = large(`{"skus":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
  await expect(read(text, ['skus'])).rejects.toMatchObject({ status: 400 });
});
