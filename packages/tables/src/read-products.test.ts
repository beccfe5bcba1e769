import { expect, test } from '@jest/globals';
import { readProducts } from './read-table.ts';

const read = async (table: string) => readProducts(Buffer.from(table));

test('products of a table without photos have their attributes', async () => {
  const { products, faults } = await read('sku,title,color\nA,Mug,blue\nB,Bowl,\n');
  expect(faults).toEqual([]);
  expect(products).toEqual([
    { sku: 'A', attributes: { title: 'Mug', color: 'blue' }, photos: [] },
    { sku: 'B', attributes: { title: 'Bowl' }, photos: [] },
  ]);
});

test('names of files keep the order of the table, whatever they are', async () => {
  const { products } = await read('sku,image_1,image_2\nA,front.jpg,C:\\photos\\back.jpg\nB,,\n');
  expect(products).toEqual([
    { sku: 'A', attributes: {}, photos: ['front.jpg', 'C:\\photos\\back.jpg'] },
    { sku: 'B', attributes: {}, photos: [] },
  ]);
});

test('a table without codes says so, and one code of two products is left out', async () => {
  expect((await read('title,color\nMug,blue\n')).faults[0]?.message).toContain('no column "sku"');
  const { products, warnings } = await read('sku,title\nA,Mug\nA,Bowl\nB,Pan\n');
  expect(products.map(({ sku }) => sku)).toEqual(['B']);
  expect(warnings[0]?.message).toContain('one code cannot be two products');
});
