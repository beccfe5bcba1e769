import type { Dialect } from './dialect.ts';
import type { Photo } from './row-meaning.ts';

const IMAGE_NUMBERS = Array.from({ length: 50 }, (_, at) => at + 1);

/**
 * BigCommerce. Since its version 3 every product, variant and photo is a row, told by `Item`; before, photos stand in
 * numbered columns beside the product (`Product Image File - 1`), and rows of type `SKU` follow it. The thumbnail is the
 * main photo, the sort order tells the rest.
 */
export const bigcommerce: Dialect = {
  id: 'bigcommerce',
  label: 'BigCommerce',
  recognise: (has) =>
    (has('item', 'itemtype') && has('imageurlimport', 'internalimageurlexport', 'variantimageurl')) ||
    has('productcodesku') ||
    has(/^productimage(file|url|isthumbnail)\d/),
  columns: {
    code: ['productcodesku', 'sku'],
    item: ['item', 'itemtype'],
    id: ['id', 'productid'],
    images: ['internalimageurlexport', 'imageurlimport', 'imageurl', /^productimage(url|file)\d+$/],
    thumbnail: ['imageisthumbnail'],
    position: ['imagesortorder'],
    own: ['variantimageurl', 'skuimage', 'skuimagefile', 'optionsetimage'],
    title: ['name', 'productname'],
    ...Object.fromEntries(
      IMAGE_NUMBERS.flatMap((n) => [
        [`file ${n}`, [`productimageurl${n}`, `productimagefile${n}`]],
        [`thumbnail ${n}`, [`productimageisthumbnail${n}`]],
        [`sort ${n}`, [`productimagesort${n}`]],
      ]),
    ),
  },
  attributes: {
    name: 'title',
    productname: 'title',
    brandname: 'brand',
    description: 'description',
    productdescription: 'description',
    category: 'category',
    categories: 'category',
  },
  reader: () => {
    let product = '';
    return (row) => {
      const item = row.text('item').toLowerCase();
      const code = row.text('code');
      if (item === 'rule' || item === 'video' || item === 'modifier')
        return { skip: `is a ${item}`, quiet: true };
      if (item === 'image') return { product, shared: oneImage(row) };
      const own = row.photos('own').map((photo) => ({ ...photo, main: true }));
      if (item === 'sku' || item === 'variant') return { product, code, own };
      product = row.text('id') || code || `row ${row.line}`;
      const numbered = IMAGE_NUMBERS.flatMap((n) => numberedImage(row, n));
      const shared = numbered.length > 0 ? numbered : oneImage(row);
      return { product, code, fallback: row.text('id'), title: row.text('title'), shared, own };
    };
  },
  export: {
    format: 'csv',
    place: 'row each',
    join: null,
    most: 50,
    isApart: true,
    firstPosition: 0,
    numbered: (n) => [
      { use: `file ${n}`, holds: 'address' },
      { use: `thumbnail ${n}`, holds: 'isMain' },
      { use: `sort ${n}`, holds: 'position' },
    ],
    isPhotoRow: (row) => row.text('item').toLowerCase() === 'image',
    photoRow: { item: 'Image' },
    fresh: [
      ['Item', { always: 'Product' }],
      ['Name', { attribute: 'title' }],
      ['SKU', { of: 'code' }],
      ['Description', { attribute: 'description' }],
      ['Image URL (Import)', { of: 'pictures' }],
      ['Image is Thumbnail', { always: '' }],
      ['Image Sort Order', { always: '' }],
    ],
  },
};

/** An export has both addresses of a photo, the shop's own first. */
function oneImage(row: Parameters<ReturnType<NonNullable<Dialect['reader']>>>[0]): Photo[] {
  const main = isYes(row.text('thumbnail'));
  const position = numberOf(row.text('position'));
  return row
    .photos('images')
    .slice(0, 1)
    .map((photo) => ({ ...photo, main, position }));
}

function numberedImage(row: Parameters<typeof oneImage>[0], n: number): Photo[] {
  const main = isYes(row.text(`thumbnail ${n}`));
  const position = numberOf(row.text(`sort ${n}`));
  return row
    .photos(`file ${n}`)
    .slice(0, 1)
    .map((photo) => ({ ...photo, main, position }));
}

const isYes = (text: string): boolean => /^(y|yes|true|1)$/i.test(text);
const numberOf = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
