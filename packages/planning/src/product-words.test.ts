import { describe, expect, test } from '@jest/globals';
import { productWords } from './product-words.ts';

const of = (title: string, more: Record<string, string> = {}) => productWords({ title, ...more });

describe('productWords', () => {
  test.each([
    ['T-Shirt Basic, XL', ['t', 'shirt', 'basic']],
    ['Mug 300ml', ['mug']],
    ['Wall clock 30 x 30 cm', ['wall', 'clock', 'x', 'cm']],
    ['不锈钢水壶', ['不', '锈', '钢', '水', '壶']],
    ['  ', []],
  ])('of %j are %j', (title, words) => {
    expect(of(title)).toEqual(words);
  });

  test('leave out what tells variants of one product apart', () => {
    expect(of('Mug navy blue', { Color: 'Navy Blue' })).toEqual(['mug']);
    expect(of('Shirt L', { size: 'L' })).toEqual(['shirt']);
  });

  test('are the whole title where nothing else would be left', () => {
    expect(of('42')).toEqual(['42']);
  });

  test('are bounded, however long the title', () => {
    const words = of(Array.from({ length: 400 }, (_, n) => `word${n}`).join(' '));
    expect(words).toHaveLength(12);
  });
});
