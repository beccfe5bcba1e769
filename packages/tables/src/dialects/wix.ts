import type { Dialect } from './dialect.ts';

/** Where Wix serves the files that its export only names. */
const MEDIA = 'https://static.wixstatic.com/media/';

/** Wix Stores. `productImageUrl` holds names of files in Wix's media, `;` between; rows of type `Variant` continue a product. */
export const wix: Dialect = {
  id: 'wix',
  label: 'Wix',
  recognise: (has) => has('handleid') && has('productimageurl'),
  columns: {
    code: ['sku'],
    handle: ['handleid'],
    images: ['productimageurl'],
    title: ['name'],
    type: ['fieldtype'],
  },
  attributes: { name: 'title', brand: 'brand', description: 'description', collection: 'category' },
  reader: () => (row) => {
    const handle = row.text('handle');
    const code = row.text('code');
    const isVariant = /^variant$/i.test(row.text('type'));
    return {
      product: handle,
      ...(code !== '' && { code }),
      fallback: handle,
      ...(!isVariant && { title: row.text('title') }),
      shared: row.photos('images').map((photo) => ({ ...photo, address: mediaAddress(photo.address) })),
    };
  },
  export: {
    format: 'csv',
    place: 'first row',
    join: ';',
    most: 50,
    fresh: [
      ['handleId', { of: 'handle' }],
      ['fieldType', { always: 'Product' }],
      ['name', { attribute: 'title', else: 'code' }],
      ['description', { attribute: 'description' }],
      ['productImageUrl', { of: 'pictures' }],
      ['sku', { of: 'code' }],
    ],
  },
};

function mediaAddress(address: string): string {
  return /^[\w~.-]+\.(jpe?g|png|webp|gif|avif)$/i.test(address) ? `${MEDIA}${address}` : address;
}
