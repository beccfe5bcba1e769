import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ObjectKey } from './object-key.ts';
import { callResultKey, inputKey, listingImageKey, manifestKey } from './object-keys.ts';
import { urlPath } from './url-path.ts';

const image = { stem: 'front', suffix: 'main', format: 'jpeg' } as const;
const keyOf = (sku: string) => listingImageKey({ ...image, sku });
const folderOf = (sku: string) => keyOf(sku).split('/')[1] ?? '';

test('working objects are named for what they hold', () => {
  const sha256 = 'ab'.repeat(32);
  expect(inputKey(sha256, 'image/jpeg')).toBe(`inputs/${sha256}.jpg`);
  expect(inputKey(sha256, 'image/webp')).toBe(`inputs/${sha256}.webp`);
  expect(inputKey(sha256, 'image/png')).toBe(`inputs/${sha256}.png`);
  expect(callResultKey(sha256)).toBe(`ai/${sha256}`);
  expect(manifestKey('b1', 'csv')).toBe('batches/b1/manifest.csv');
});

describe('the key of a listing image', () => {
  test.each(['12345', 'A-1', 'a.b_c', 'SKU.', '商品-7', 'Größe', 'فستان', '-rf', '.hidden', 'é', '７'])(
    'keeps the plain SKU %s as it is',
    (sku) => {
      expect(keyOf(sku)).toBe(`image-studio/${sku}/front_main.jpeg`);
    },
  );

  test.each([
    ['A:1', /^A-1~[0-9a-f]{16}$/],
    ['../x', /^x~[0-9a-f]{16}$/],
    ['a/b', /^a-b~[0-9a-f]{16}$/],
    ['.', /^_~[0-9a-f]{16}$/],
    ['..', /^_~[0-9a-f]{16}$/],
    ['red shirt, size M', /^red-shirt-size-M~[0-9a-f]{16}$/],
    ['e\u0301', /^é~[0-9a-f]{16}$/],
    ['商'.repeat(128), /^商{79}~[0-9a-f]{16}$/],
    ['👗', /^_~[0-9a-f]{16}$/],
  ])('makes %s one readable segment', (sku, readable) => {
    expect(folderOf(sku)).toMatch(readable);
  });

  test('is the same each time and knows every format', () => {
    expect(keyOf('A:1')).toBe(keyOf('A:1'));
    const formats = ['jpeg', 'png', 'webp', 'avif'] as const;
    expect(formats.map((format) => listingImageKey({ ...image, sku: '1', format }))).toEqual(
      formats.map((format) => `image-studio/1/front_main.${format}`),
    );
  });

  test('tells stem and suffix apart', () => {
    const one = listingImageKey({ ...image, sku: '1', stem: 'a', suffix: 'b_c' });
    const other = listingImageKey({ ...image, sku: '1', stem: 'a_b', suffix: 'c' });
    expect(other).toBe('image-studio/1/a_b_c.jpeg');
    expect(one).not.toBe(other);
  });

  test('of a stem that was told by a stranger stays in its folder', () => {
    const key = listingImageKey({ ...image, sku: '1', stem: '../../etc/passwd' });
    expect(key).toMatch(/^image-studio\/1\/etc-passwd~[0-9a-f]{16}_main\.jpeg$/);
    expect(listingImageKey({ ...image, sku: '1', stem: '' })).toMatch(/\/_~[0-9a-f]{16}_main\.jpeg$/);
  });
});

describe('for 20,000 SKUs made of everything that hurts', () => {
  const skus = hostileTexts(20_000);
  const keys = skus.map((sku) => listingImageKey({ ...image, sku, stem: sku }));

  test('two SKUs never share a folder, not even after Unicode normalisation', () => {
    for (const form of ['NFC', 'NFD'] as const) {
      expect(new Set(skus.map((sku) => folderOf(sku).normalize(form))).size).toBe(skus.length);
    }
  });

  test('no SKU is the changed form of another', () => {
    const changed = skus.map(folderOf).filter((folder) => folder.includes('~'));
    const known = new Set(skus.map(folderOf));
    expect(changed.length).toBeGreaterThan(1000);
    expect(changed.map(folderOf).filter((folder) => known.has(folder))).toEqual([]);
  });

  test('every key is a key: three segments, each at most 255 bytes', () => {
    const faults = keys.filter((key) => {
      const segments = key.split('/');
      const fit = segments.every((segment) => Buffer.byteLength(segment) <= 255);
      return !(
        ObjectKey.safeParse(key).success &&
        segments.length === 3 &&
        fit &&
        key.endsWith('_main.jpeg')
      );
    });
    expect(faults).toEqual([]);
  });

  test('every key survives a URL', () => {
    const faults = keys.filter((key) => {
      const { pathname } = new URL(`http://host/files/${urlPath(key)}`);
      return pathname.slice('/files/'.length).split('/').map(decodeURIComponent).join('/') !== key;
    });
    expect(faults).toEqual([]);
  });
});

/** Distinct texts of 1–128 characters, the same in every run. */
function hostileTexts(count: number): string[] {
  const alphabet = [
    ...'aA1-_.~:/\\ %+#?&"\'<>|*',
    '..',
    '商',
    '品',
    'é',
    'e\u0301',
    '\u0301',
    'ﬁ',
    '\u212b',
    '\u00c5',
  ].concat(['👩🏽‍🔧', '\u200b', '\u202e', '\ud800', '\udc00', '\ufffd', 'ا', '\u1100\u1161', '가']);
  const texts = new Set<string>();
  for (let seed = 0; texts.size < count; seed += 1) {
    const random = createHash('sha512').update(String(seed)).digest();
    const length = 1 + ((random[0] ?? 0) % (seed % 5 === 0 ? 64 : 6));
    const picked = Array.from(
      random.subarray(1, 1 + length),
      (byte) => alphabet[byte % alphabet.length] ?? '',
    );
    texts.add(picked.join('').slice(0, 128));
  }
  return [...texts];
}
