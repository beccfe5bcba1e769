import { describe, expect, test } from '@jest/globals';
import { guessPattern, parsePattern } from './name-pattern.ts';

const read = (pattern: string, path: string) => parsePattern(pattern)?.(path) ?? null;

describe('a pattern', () => {
  test.each([
    ['{sku}_{n}', 'MUG-01_1.jpg', { sku: 'MUG-01', number: 1 }],
    ['{sku}_{n}', 'shoot/day_1/MUG_01_12.JPG', { sku: 'MUG_01', number: 12 }],
    ['{sku}_{n}', 'MUG-01.jpg', null],
    ['{sku}/{name}', 'shoot/MUG-01/front.jpg', { sku: 'MUG-01', name: 'front' }],
    ['{sku}/{name}', 'front.jpg', null],
    ['{sku}/{n}', 'MUG-01/2.png', { sku: 'MUG-01', number: 2 }],
    ['{sku} ({n})', 'Tasse rot (3).heic', { sku: 'Tasse rot', number: 3 }],
    ['{sku}_{name}', 'MUG-01_front_left.jpg', { sku: 'MUG-01', name: 'front_left' }],
    ['{n}-{sku}', '07-杯子.webp', { sku: '杯子', number: 7 }],
    ['{sku}', 'a/b/4006381333931.jpg', { sku: '4006381333931' }],
    ['{sku}', 'v1.5.jpg', { sku: 'v1.5' }],
  ])('%s reads %s', (pattern, path, expected) => expect(read(pattern, path)).toEqual(expected));

  test.each(['', '{n}', '{sku}{sku}', `{sku}${'x'.repeat(100)}`])('is not %j', (text) =>
    expect(parsePattern(text)).toBeNull(),
  );

  test('takes what means something to regular expressions as it stands, and is fast on long paths', () => {
    expect(read('{sku}.+({n})', 'A.+(1).jpg')).toEqual({ sku: 'A', number: 1 });
    const started = performance.now();
    read('{sku}_{name}-{n}', `${'_a-'.repeat(2000)}x.jpg`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the pattern that is guessed', () => {
  test.each([
    ['numbers behind a line', ['MUG-01_1.jpg', 'MUG-01_2.jpg', 'MUG-02_1.jpg'], '{sku}_{n}'],
    ['a folder a product', ['s/MUG-01/front.jpg', 's/MUG-01/back.jpg', 's/MUG-02/front.jpg'], '{sku}/{name}'],
    ['numbers behind a dash', ['A-1.jpg', 'A-2.jpg', 'B-1.jpg', 'B-2.jpg'], '{sku}-{n}'],
    ['codes that end in numbers', ['MUG-4711.jpg', 'MUG-4712.jpg', 'MUG-4713.jpg'], '{sku}'],
    ['one photo a product in one folder', ['photos/A.jpg', 'photos/B.jpg'], '{sku}'],
    ['copies', ['A (1).jpg', 'A (2).jpg', 'B (1).jpg'], '{sku} ({n})'],
    ['views in words', ['MUG_front.jpg', 'MUG_back.jpg', 'CUP_front.jpg'], '{sku}_{name}'],
  ])('for %s', (_, paths, expected) => expect(guessPattern(paths)).toBe(expected));

  test('is the one that finds the codes of the table', () => {
    const paths = ['MUG-1.jpg', 'MUG-2.jpg', 'CUP-1.jpg'];
    expect(guessPattern(paths)).toBe('{sku}-{n}');
    expect(guessPattern(paths, ['MUG-1', 'MUG-2', 'CUP-1'])).toBe('{sku}');
    expect(guessPattern(['A_B/1.jpg', 'C_D/1.jpg'], ['A/B', 'C/D'])).toBe('{sku}/{name}');
  });
});
