import { describe, expect, test } from '@jest/globals';
import { chooseSources } from './choose-sources.ts';
import { readsAsMain } from './reads-as-main.ts';

const named = (...names: string[]) => names.map((name) => ({ url: `https://cdn.example/${name}`, name }));

describe('a stem reads as a main one', () => {
  test.each([
    'main',
    'MAIN',
    'sku-main',
    'main_image',
    'mainImage',
    'SKU123main',
    'main2',
    'IMG_MAIN_800x800',
    'hero',
    'product-hero-shot',
    'primary',
    '主图',
    '主图1',
    '商品主图',
    '主圖',
    '首图',
    '主',
    'SKU_主',
    '主-800',
    '_1',
    'sku_1',
    'sku_01',
    'sku-01',
    'sku-001',
    'sku 1',
    'sku (1)',
    'sku（1）',
    'sku＿１',
    '1',
    '01',
  ])('%s', (stem) => {
    expect(readsAsMain(stem)).toBe(true);
  });

  test.each([
    'domain',
    'remaining',
    'maintenance',
    'mainland',
    'superhero',
    'non-main',
    'not_main',
    '非主图',
    '主机',
    '主板',
    '店主',
    'sku_10',
    'sku_21',
    'sku_11',
    'sku-101',
    'sku_1_2',
    'sku_2',
    'sku-02',
    'sku21',
    'photo_v1.1',
    'back',
    'detail',
    '细节',
    '10',
    '',
  ])('but not %s', (stem) => {
    expect(readsAsMain(stem)).toBe(false);
  });
});

describe('choosing the sources of a SKU', () => {
  test.each<{ says: string; names: string[]; main: string; others: string[] }>([
    {
      says: 'a main word wins',
      names: ['b_detail.jpg', 'a_back.jpg', 'z_main.jpg'],
      main: 'z_main.jpg',
      others: ['a_back.jpg', 'b_detail.jpg'],
    },
    {
      says: 'number one wins',
      names: ['x_10.jpg', 'x_2.jpg', 'x_1.jpg'],
      main: 'x_1.jpg',
      others: ['x_10.jpg', 'x_2.jpg'],
    },
    {
      says: 'a Chinese main word wins',
      names: ['细节.jpg', '主图.jpg', 'a.jpg'],
      main: '主图.jpg',
      others: ['a.jpg', '细节.jpg'],
    },
    {
      says: 'the first of two main ones by name wins',
      names: ['z_main.jpg', 'b-01.jpg', 'a.jpg'],
      main: 'b-01.jpg',
      others: ['a.jpg', 'z_main.jpg'],
    },
    {
      says: 'without a main one the front wins',
      names: ['back.jpg', 'front.jpg', 'side.jpg'],
      main: 'front.jpg',
      others: ['back.jpg', 'side.jpg'],
    },
    {
      says: 'a main one beats the front',
      names: ['front.jpg', 'main.jpg'],
      main: 'main.jpg',
      others: ['front.jpg'],
    },
    {
      says: 'words that only contain main do not count',
      names: ['remaining.jpg', 'domain.jpg'],
      main: 'domain.jpg',
      others: ['remaining.jpg'],
    },
    {
      says: 'without any sign the first by name wins',
      names: ['c.jpg', 'B.jpg', 'a.jpg'],
      main: 'B.jpg',
      others: ['a.jpg', 'c.jpg'],
    },
    {
      says: 'names sort by code point',
      names: ['\u{1F45F}.jpg', '\uFB01.jpg'],
      main: '\uFB01.jpg',
      others: ['\u{1F45F}.jpg'],
    },
    { says: 'a single source is the main one', names: ['detail.jpg'], main: 'detail.jpg', others: [] },
  ])('$says', ({ names, main, others }) => {
    const chosen = chooseSources({ images: named(...names) });
    expect(chosen.main.name).toBe(main);
    expect(chosen.others.map((ref) => ref.name)).toEqual(others);
  });

  test('sources of the same name keep the order of submission', () => {
    const { main, others } = chooseSources({
      images: [
        { url: 'https://a.example/1', name: 'photo.jpg' },
        { url: 'https://b.example/2', name: 'photo.jpg' },
      ],
    });
    expect([main, ...others].map((ref) => ref.url)).toEqual(['https://a.example/1', 'https://b.example/2']);
  });

  test.each([
    ['https://cdn.example/a/b/shoe_2.jpg?w=2000&sig=abc#x', 'shoe_2.jpg', 'shoe_2'],
    ['https://cdn.example/%E4%B8%BB%E5%9B%BE.png', '主图.png', '主图'],
    ['https://cdn.example/red%20shoe.webp', 'red shoe.webp', 'red shoe'],
    ['https://cdn.example/a%2Fb.jpg', 'b.jpg', 'b'],
    ['https://cdn.example/100%-wool.jpg', '100%-wool.jpg', '100%-wool'],
    ['https://cdn.example/x%00%0A.jpg', 'x.jpg', 'x'],
    ['https://cdn.example/SKU1.5', 'SKU1.5', 'SKU1.5'],
    ['https://cdn.example/archive.tar.gz', 'archive.tar.gz', 'archive.tar'],
    ['https://cdn.example/.hidden', '.hidden', '.hidden'],
    ['https://cdn.example/', 'image-1', 'image-1'],
    ['https://cdn.example/photos/', 'image-1', 'image-1'],
    ['https://cdn.example', 'image-1', 'image-1'],
    ['https://cdn.example/%2E%2E%2F', 'image-1', 'image-1'],
    ['not a url', 'image-1', 'image-1'],
  ])('%s is named %s', (url, name, stem) => {
    expect(chooseSources({ images: [{ url }] }).main).toEqual({ url, name, stem });
  });

  test('unnamed sources are numbered by their place in the submission', () => {
    const { main, others } = chooseSources({
      images: [{ url: 'https://a.example/?id=1' }, { url: 'https://a.example/?id=2' }],
    });
    expect(main).toEqual({ url: 'https://a.example/?id=1', name: 'image-1', stem: 'image-1' });
    expect(others).toEqual([{ url: 'https://a.example/?id=2', name: 'image-2', stem: 'image-2' }]);
  });

  test('an explicit stem decides, and names the result', () => {
    const { main } = chooseSources({
      images: [
        { url: 'https://a.example/x.jpg', name: 'a.jpg', stem: 'detail' },
        { url: 'https://a.example/y.jpg', name: 'b.jpg', stem: 'sku_main' },
      ],
    });
    expect(main).toEqual({ url: 'https://a.example/y.jpg', name: 'b.jpg', stem: 'sku_main' });
  });

  test('a SKU without sources is a programming error', () => {
    expect(() => chooseSources({ images: [] })).toThrow('at least one source image');
  });

  test('photos in a given order stay in it, whatever they are called', () => {
    const { main, others } = chooseSources({
      images: named('z.jpg', 'main.jpg', 'a_1.jpg'),
      photoOrder: 'given',
    });
    expect([main, ...others].map(({ name }) => name)).toEqual(['z.jpg', 'main.jpg', 'a_1.jpg']);
  });
});

test('the photo that a person chose is the main one', () => {
  const images = ['c', 'a_main', 'b'].map((name) => ({
    url: `http://x.test/${name}.jpg`,
    name: `${name}.jpg`,
  }));
  const names = (photo: string, photoOrder?: 'given') => {
    const { main, others } = chooseSources({ images, ...(photoOrder && { photoOrder }) }, photo);
    return [main, ...others].map(({ stem }) => stem);
  };
  expect(names('http://x.test/b.jpg')).toEqual(['b', 'a_main', 'c']);
  expect(names('http://x.test/b.jpg', 'given')).toEqual(['b', 'c', 'a_main']);
  expect(names('http://x.test/gone.jpg')).toEqual(['a_main', 'b', 'c']);
});
