import type { Dialect } from './dialect.ts';

/**
 * Google Merchant Center, also Meta, Microsoft and Pinterest: tables and RSS or Atom feeds. `image_link` is the main
 * photo, `additional_image_link` the others; `link` is the product's page.
 */
export const google: Dialect = {
  id: 'google',
  label: 'Google Merchant',
  recognise: (has) =>
    has('imagelink') &&
    has('id', 'offerid') &&
    has('link', 'additionalimagelink', 'googleproductcategory', 'title', 'gtin'),
  columns: {
    code: ['id', 'offerid', 'sku', 'mpn'],
    main: ['imagelink'],
    images: [/^additionalimagelinks?\d*$/],
    title: ['title'],
  },
  attributes: {
    title: 'title',
    brand: 'brand',
    color: 'color',
    material: 'material',
    description: 'description',
    producttype: 'category',
    googleproductcategory: 'category',
  },
  export: {
    format: 'tsv',
    place: 'row',
    join: ',',
    most: 11,
    fresh: [
      ['id', { of: 'code' }],
      ['title', { attribute: 'title' }],
      ['description', { attribute: 'description' }],
      ['brand', { attribute: 'brand' }],
      ['color', { attribute: 'color' }],
      ['material', { attribute: 'material' }],
      ['image_link', { of: 'pictures' }],
      ['additional_image_link', { always: '' }],
    ],
  },
};
