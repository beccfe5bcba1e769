import { expect, test } from '@jest/globals';
import { groupPhotos, toSkuInputs } from './group-photos.ts';
import { parsePattern } from './name-pattern.ts';

const group = (pattern: string, paths: string[], table: Parameters<typeof groupPhotos>[2] = []) =>
  groupPhotos(paths, parsePattern(pattern), table);
const product = (sku: string, photos: string[] = [], attributes = {}) => ({ sku, photos, attributes });

test('photos go by their number, the tenth behind the second', () => {
  const { skus } = group('{sku}_{n}', ['M_10.jpg', 'M_2.jpg', 'M_1.jpg', 'N_1.jpg']);
  expect(skus).toEqual([
    { sku: 'M', paths: ['M_1.jpg', 'M_2.jpg', 'M_10.jpg'] },
    { sku: 'N', paths: ['N_1.jpg'] },
  ]);
});

test('views in words go main ones first, then by name', () => {
  const { skus } = group('{sku}/{name}', ['M/back.jpg', 'M/img10.jpg', 'M/img9.jpg', 'M/front view.jpg']);
  expect(skus[0]?.paths).toEqual(['M/front view.jpg', 'M/back.jpg', 'M/img9.jpg', 'M/img10.jpg']);
});

test('a photo called like its product is the first one; others belong to nothing', () => {
  const { skus, unmatched } = group('{sku}_{n}', ['M_1.jpg', 'm.jpg', 'logo.png']);
  expect(skus).toEqual([{ sku: 'M', paths: ['m.jpg', 'M_1.jpg'] }]);
  expect(unmatched).toEqual(['logo.png']);
});

test('a table gives codes, attributes and the order, and is told apart where it does not fit', () => {
  const table = [
    product('B/2', [], { title: 'Bowl' }),
    product('A-1', ['C:\\pics\\z.jpg', 'y.jpg'], { title: 'Mug' }),
    product('C-3'),
  ];
  const groups = group('{sku}_{n}', ['y.jpg', 'z.jpg', 'b_2_1.jpg', 'D_1.jpg'], table);
  expect(groups.skus).toEqual([
    { sku: 'B/2', paths: ['b_2_1.jpg'], attributes: { title: 'Bowl' } },
    { sku: 'A-1', paths: ['z.jpg', 'y.jpg'], attributes: { title: 'Mug' } },
    { sku: 'D', paths: ['D_1.jpg'] },
  ]);
  expect(groups).toMatchObject({ unmatched: [], withoutPhoto: ['C-3'], notInTable: 1 });
});

test('no more photos than a SKU takes, none twice, and none that was not uploaded', () => {
  const paths = Array.from({ length: 23 }, (_, n) => `M_${n + 1}.jpg`);
  const groups = group('{sku}_{n}', [...paths, 'N_1.jpg']);
  expect(groups.beyond).toBe(3);
  const digests: Record<string, string> = { 'M_1.jpg': 'aa', 'M_2.jpg': 'aa', 'M_3.jpg': 'bb' };
  expect(toSkuInputs(groups, (path) => digests[path])).toEqual([
    {
      sku: 'M',
      photoOrder: 'given',
      images: [
        { url: 'photo:aa', name: 'M_1.jpg' },
        { url: 'photo:bb', name: 'M_3.jpg' },
      ],
    },
  ]);
});
