import { expect, test } from '@jest/globals';
import { firstSkus } from './first-skus.ts';

const of = (text: string) => firstSkus({ text, file: null })?.text ?? null;
const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `S-${n} https://shop.test/${n}.jpg`).join('\n');
const skus = (count: number) => Array.from({ length: count }, (_, n) => ({ sku: `S-${n}` }));

test('takes ten of more, and nothing of ten', () => {
  expect(of(lines(11))).toBe(lines(10));
  expect(of(lines(10))).toBeNull();
  expect(JSON.parse(of(JSON.stringify({ name: 'x', skus: skus(12) })) ?? '')).toEqual({
    name: 'x',
    skus: skus(10),
  });
  expect(JSON.parse(of(JSON.stringify(skus(12))) ?? '')).toEqual(skus(10));
  expect(of(JSON.stringify(skus(3)))).toBeNull();
  expect(of('')).toBeNull();
});
