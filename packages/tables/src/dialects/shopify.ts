import type { Dialect } from './dialect.ts';

/**
 * Shopify's product export, with the headings of before and since 2025. Rows of one handle are one product: the first has
 * its title, every variant a row, every further photo a row. `Image Position` orders the product's photos; a variant
 * with an image of its own is shown with that one. Products without SKUs go by their handle.
 */
export const shopify: Dialect = {
  id: 'shopify',
  label: 'Shopify',
  recognise: (has) =>
    (has('handle') && has('imagesrc', 'variantsku', 'bodyhtml')) ||
    (has('urlhandle') && has('productimageurl', 'variantimageurl')),
  columns: {
    code: ['variantsku', 'sku'],
    handle: ['handle', 'urlhandle'],
    images: ['imagesrc', 'productimageurl'],
    position: ['imageposition'],
    // Of exports by Matrixify, which list videos and models beside photos.
    kind: ['imagetype'],
    own: ['variantimage', 'variantimageurl'],
    title: ['title'],
    status: ['status'],
    option: ['option1value', 'option2value', 'option3value'],
  },
  attributes: {
    title: 'title',
    vendor: 'brand',
    productcategory: 'category',
    type: 'type',
    bodyhtml: 'description',
    description: 'description',
  },
  reader: () => {
    const drafts = new Set<string>();
    return (row) => {
      const handle = row.text('handle');
      const code = row.text('code');
      const status = row.text('status').toLowerCase();
      if (status === 'draft' || status === 'archived') drafts.add(handle);
      const position = Number(row.text('position')) || undefined;
      const meaning = {
        product: handle || code,
        ...(code !== '' && { code: code.replace(/^'/, '') }),
        fallback: handle,
        title: row.text('title'),
        shared: isPhoto(row.text('kind'))
          ? row.photos('images').map((photo) => ({ ...photo, position }))
          : [],
        own: row.photos('own').map((photo) => ({ ...photo, main: true })),
      };
      if (drafts.has(handle)) return { ...meaning, skip: 'is a draft or archived in the shop', draft: true };
      return meaning;
    };
  },
  export: {
    format: 'csv',
    place: 'row each',
    join: null,
    most: 250,
    isPhotoRow: (row) => row.text('code') === '' && row.text('title') === '' && row.text('option') === '',
    repeats: ['handle'],
    fresh: [
      ['Handle', { of: 'handle' }],
      ['Title', { attribute: 'title', else: 'code' }],
      ['Body (HTML)', { attribute: 'description' }],
      ['Vendor', { attribute: 'brand' }],
      ['Variant SKU', { of: 'code' }],
      ['Image Src', { of: 'pictures' }],
      ['Image Position', { always: '' }],
    ],
  },
};

const isPhoto = (kind: string): boolean => !/video|model/i.test(kind);
