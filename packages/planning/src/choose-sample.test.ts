import { describe, expect, test } from '@jest/globals';
import { chooseSample } from './choose-sample.ts';

const sku = (code: string, attributes: Record<string, string> = {}, photos = 1) => ({
  sku: code,
  attributes,
  images: Array.from({ length: photos }, (_, n) => ({ url: `https://x.example/${code}-${n}.jpg` })),
});
const many = (count: number, attributesOf: (n: number) => Record<string, string>) =>
  Array.from({ length: count }, (_, n) => sku(`S${n}`, attributesOf(n)));

describe('a sample', () => {
  test('is the same for the same SKUs, each once, in their order', () => {
    const skus = many(500, (n) => ({ category: `c${n % 7}`, color: `k${n % 11}` }));
    const places = chooseSample(skus, 20) ?? [];
    expect(chooseSample(structuredClone(skus), 20)).toEqual(places);
    expect(places).toHaveLength(20);
    expect([...new Set(places)].sort((a, b) => a - b)).toEqual(places);
  });

  test('has every category and colour before it has any twice as often as another', () => {
    const skus = many(600, (n) => ({ Category: `c${n % 6}`, 颜色: `k${n % 10}` }));
    const places = chooseSample(skus, 20) ?? [];
    expect(new Set(places.map((place) => place % 6)).size).toBe(6);
    expect(new Set(places.map((place) => place % 10)).size).toBe(10);
  });

  test('has the odd ones that many alike would hide, and most of what there is most of', () => {
    const skus = [...many(980, () => ({ category: 'shoe' })), ...many(20, () => ({ category: 'lamp' }))];
    const lamps = (chooseSample(skus, 20) ?? []).filter((place) => place >= 980).length;
    expect(lamps).toBeGreaterThanOrEqual(1);
    expect(lamps).toBeLessThanOrEqual(6);
  });

  test('has dear and cheap ones, however prices are written', () => {
    const skus = many(100, (n) => ({
      price: n % 2 ? `${n},90 €` : `USD 1,${String(n).padStart(3, '0')}.00`,
    }));
    const places = chooseSample(skus, 8) ?? [];
    expect(places.filter((place) => place % 2 === 0).length).toBeGreaterThanOrEqual(3);
    expect(places.filter((place) => place % 2 === 1).length).toBeGreaterThanOrEqual(2);
  });

  test('of SKUs with many and few photos has both', () => {
    const skus = Array.from({ length: 50 }, (_, n) => sku(`S${n}`, {}, n < 45 ? 1 : 6));
    expect((chooseSample(skus, 5) ?? []).some((place) => place >= 45)).toBe(true);
  });

  test('that would be all is none', () => {
    const skus = many(5, () => ({}));
    expect(chooseSample(skus, 5)).toBeNull();
    expect(chooseSample(skus, 4)).toHaveLength(4);
  });

  test('of 10,000 SKUs that are all different is chosen at once', () => {
    const skus = many(10_000, (n) => ({ category: `c${n}`, color: `k${n}`, price: String(n) }));
    expect(chooseSample(skus, 100)).toHaveLength(100);
  });
});
