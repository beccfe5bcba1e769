import type { Dialect } from './dialect.ts';
import { mainThenOthers } from './row-meaning.ts';

/**
 * Magento and Adobe Commerce. `base_image` is the main photo, `additional_images` the gallery in its order; small, thumbnail
 * and swatch images are the same ones again, smaller. A further row of the same SKU with a `store_view_code` is a
 * translation.
 */
export const magento: Dialect = {
  id: 'magento',
  label: 'Magento',
  recognise: (has) =>
    has('baseimage') &&
    has('sku') &&
    has('attributesetcode', 'additionalimages', 'producttype', 'storeviewcode', 'attributeset'),
  columns: {
    code: ['sku'],
    main: ['baseimage', 'image'],
    images: ['additionalimages', 'mediagallery'],
    fallback: ['smallimage', 'thumbnailimage', 'thumbnail'],
    title: ['name'],
    view: ['storeviewcode', 'store'],
  },
  attributes: {
    name: 'title',
    categories: 'category',
    description: 'description',
    color: 'color',
    manufacturer: 'brand',
  },
  reader: () => (row) => {
    const code = row.text('code');
    const photos = mainThenOthers(row.photos('main'), row.photos('images'));
    const view = row.text('view').toLowerCase();
    const isTranslation = view !== '' && view !== 'default' && view !== 'admin';
    return {
      product: code,
      code,
      ...(!isTranslation && { title: row.text('title') }),
      own: photos.length > 0 ? photos : row.photos('fallback').slice(0, 1),
    };
  },
  export: {
    format: 'csv',
    place: 'row',
    join: ',',
    most: 100,
    mirror: ['fallback'],
    fresh: [
      ['sku', { of: 'code' }],
      ['name', { attribute: 'title' }],
      ['description', { attribute: 'description' }],
      ['base_image', { of: 'pictures' }],
      ['small_image', { always: '' }],
      ['thumbnail_image', { always: '' }],
      ['additional_images', { always: '' }],
    ],
  },
};
