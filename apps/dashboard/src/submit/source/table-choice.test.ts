import { expect, test } from '@jest/globals';
import { toTableQuery, withUse } from './table-choice.ts';

test('a choice becomes the query of a request, columns by number', () => {
  expect(toTableQuery({})).toEqual({});
  expect(
    toTableQuery({
      encoding: 'gb18030',
      photoBase: ' ',
      columns: ['sku', 'attribute', 'image', 'main', 'ignored'],
    }),
  ).toEqual({ encoding: 'gb18030', columns: '{"sku":[1],"main":[4],"image":[3],"ignore":[5]}' });
});

test('there is one code and one main photo', () => {
  expect(withUse(['sku', 'main', 'attribute'], 2, 'sku')).toEqual(['attribute', 'main', 'sku']);
  expect(withUse(['sku', 'main', 'attribute'], 2, 'main')).toEqual(['sku', 'image', 'main']);
  expect(withUse(['sku', 'image', 'attribute'], 2, 'image')).toEqual(['sku', 'image', 'image']);
});
