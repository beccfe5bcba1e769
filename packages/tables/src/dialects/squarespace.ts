import type { Dialect } from './dialect.ts';

/** Squarespace. A product's first row has its title and all its photos, in order; rows below without a title are its variants. */
export const squarespace: Dialect = {
  id: 'squarespace',
  label: 'Squarespace',
  recognise: (has) => has('hostedimageurls'),
  columns: {
    code: ['sku'],
    id: ['productidnoneditable', 'productid'],
    address: ['producturl'],
    images: ['hostedimageurls'],
    title: ['title'],
  },
  attributes: { title: 'title', description: 'description', categories: 'category' },
  reader: () => {
    let product = '';
    return (row) => {
      const title = row.text('title');
      const begins = title !== '' || row.text('id') !== '';
      if (begins) product = row.text('id') || row.text('address') || title;
      const code = row.text('code');
      return {
        product,
        ...(code !== '' && { code }),
        ...(begins && { fallback: row.text('address') || row.text('id'), title }),
        shared: row.photos('images'),
      };
    };
  },
  export: {
    format: 'csv',
    place: 'first row',
    join: ' ',
    most: 100,
    fresh: [
      ['Product URL', { of: 'handle' }],
      ['Title', { attribute: 'title', else: 'code' }],
      ['Description', { attribute: 'description' }],
      ['SKU', { of: 'code' }],
      ['Hosted Image URLs', { of: 'pictures' }],
    ],
  },
};
