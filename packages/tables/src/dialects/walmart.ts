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
};
