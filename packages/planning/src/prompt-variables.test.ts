import { expect, test } from '@jest/globals';
import { attributesPresent } from './attribute-of.ts';
import { promptVariables } from './prompt-variables.ts';

test('finds each variable once, whatever spaces it is written with', () => {
  const found = promptVariables('A {{title}} of {{ material }}, {{\ttitle }} {{Net Weight}}');
  expect(found).toEqual({ names: ['title', 'material', 'Net Weight'], isBroken: false });
});

test('braces that hold no name are broken', () => {
  for (const text of ['{{}}', '{{   }}', '{{title', 'title}}'])
    expect([text, promptVariables(text).isBroken]).toEqual([text, true]);
});

test.each([['{{ '], ['{{a '], ['{{'], [' }}']])('the longest prompt of %j is read in no time', (piece) => {
  for (const text of [piece + ' '.repeat(8000), piece.repeat(2600)]) {
    const start = performance.now();
    promptVariables(text);
    expect(performance.now() - start).toBeLessThan(500);
  }
});

test('which variables attributes have a value for is what a prompt would find', () => {
  const has = attributesPresent({
    'Product Title': 'Mug',
    Fabric: ' \n ',
    title: '',
    尺寸: '10 cm',
    toString: 'x',
  });
  expect(['title', 'material', 'dimensions', 'toString', 'valueOf'].map(has)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});
