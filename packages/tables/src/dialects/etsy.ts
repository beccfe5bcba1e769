import type { Dialect } from './dialect.ts';

/** Etsy's listing download. `IMAGE1` is the main photo; one `SKU` cell holds those of all variations, with commas between. */
export const etsy: Dialect = {
  id: 'etsy',
  label: 'Etsy',
  recognise: (has) => has('image1') && has('title') && has('currencycode', 'materials', 'variation1type'),
  columns: { code: ['sku'], images: [/^image\d+$/], title: ['title'] },
  attributes: { title: 'title', description: 'description', materials: 'material', tags: 'tags' },
  export: {
    format: 'csv',
    place: 'row',
    join: null,
    most: 10,
    heading: (n) => `IMAGE${n + 1}`,
    fresh: [
      ['TITLE', { attribute: 'title' }],
      ['DESCRIPTION', { attribute: 'description' }],
      ['IMAGE1', { of: 'pictures' }],
      ['SKU', { of: 'code' }],
    ],
  },
};
