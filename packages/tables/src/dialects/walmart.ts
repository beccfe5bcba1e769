import type { Dialect } from './dialect.ts';
import { mainThenOthers } from './row-meaning.ts';

/**
 * Walmart Marketplace item sheets, by label (`Main Image URL`) or by name (`mainImageUrl`). Below its headings a sheet may say
 * of each column whether it is required.
 */
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
  reader: () => (row) => {
    const code = row.text('code');
    if (/^(required|recommended|optional)$/i.test(code))
      return { skip: 'says what is required', quiet: true };
    const own = mainThenOthers(row.photos('main'), row.photos('images'));
    return { product: code, code, title: row.text('title'), own };
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
