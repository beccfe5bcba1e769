import type { Dialect } from './dialect.ts';
import { mainThenOthers } from './row-meaning.ts';

/** Rows below the names of the columns: version, labels, "Mandatory", instructions. Template of 2025: four. */
const REMARK =
  /^(mandatory|optional|conditionally mandatory|required|v\d|metric|create_product|seller sku\b.{0,20}$)/i;
const MOST_REMARKS = 6;

/**
 * TikTok Shop's template. Row 1 names the columns, the rows below explain them. Rows of the same product name are its
 * variants; `property_1_image` is the photo of the first option.
 */
export const tiktok: Dialect = {
  id: 'tiktok',
  label: 'TikTok Shop',
  recognise: (has) =>
    has('sellersku') &&
    (has('mainimage') || has('mainproductimage')) &&
    has('property1image', 'parcelweight', 'image2', 'productname', 'propertyname1'),
  columns: {
    code: ['sellersku'],
    main: ['mainimage', 'mainproductimage'],
    images: [/^image\d+$/, /^productimage\d+$/],
    own: [/^property1image\d*$/, /^primaryvariationimage\d*$/, 'variationimage'],
    title: ['productname'],
    category: ['category'],
  },
  attributes: {
    productname: 'title',
    brand: 'brand',
    category: 'category',
    productdescription: 'description',
  },
  reader: () => {
    let remarks = 0;
    let began = false;
    return (row) => {
      const code = row.text('code');
      const photos = mainThenOthers(row.photos('main'), row.photos('images'));
      const own = row.photos('own').map((photo, at) => (at === 0 ? { ...photo, main: true } : photo));
      const isRemark =
        !photos.some(({ address }) => /[/.]/.test(address)) ||
        REMARK.test(code) ||
        REMARK.test(row.text('title')) ||
        REMARK.test(row.text('category'));
      if (!began && isRemark && remarks < MOST_REMARKS && /\s|^$/.test(`${code} `) && !hasAddress(photos)) {
        remarks += 1;
        return { skip: 'explains the template', quiet: true };
      }
      began = true;
      const title = row.text('title');
      return { product: title || code, code, title, shared: photos, own };
    };
  },
  export: {
    format: 'csv',
    place: 'every row',
    join: null,
    most: 9,
    heading: (n) => `image_${n + 1}`,
    fresh: [
      ['brand', { attribute: 'brand' }],
      ['product_name', { attribute: 'title', else: 'code' }],
      ['product_description', { attribute: 'description' }],
      ['main_image', { of: 'pictures' }],
      ['seller_sku', { of: 'code' }],
    ],
  },
};

const hasAddress = (photos: readonly { address: string }[]): boolean =>
  photos.some(({ address }) => /:\/\/|^\/\/|^www\./.test(address));
