import type { Dialect } from './dialect.ts';

/** Walmart Marketplace item sheets, by label (`Main Image URL`) or by name (`mainImageUrl`). */
export const walmart: Dialect = {
  id: 'walmart',
  label: 'Walmart',
  recognise: (has) =>
    has('mainimageurl') &&
    has('sku') &&
    has(
      /^additionalimageurl\d*$/,
      /^productsecondaryimageurl\d*$/,
      'productidtype',
      'productid',
      'swatchimageurl',
    ),
  columns: {
    code: ['sku'],
    main: ['mainimageurl'],
    images: [/^additionalimageurl\d*$/, /^productsecondaryimageurl\d*$/, /^secondaryimageurl\d*$/],
    title: ['productname'],
  },
  attributes: {
    productname: 'title',
    brand: 'brand',
    brandname: 'brand',
    color: 'color',
    material: 'material',
    shortdescription: 'description',
    sitedescription: 'description',
  },
  export: {
    format: 'csv',
    place: 'row',
    join: null,
    most: 10,
    heading: (n) => (n === 1 ? 'productSecondaryImageURL' : `productSecondaryImageURL${n - 1}`),
    fresh: [
      ['sku', { of: 'code' }],
      ['productName', { attribute: 'title' }],
      ['brand', { attribute: 'brand' }],
      ['mainImageUrl', { of: 'pictures' }],
    ],
  },
};
