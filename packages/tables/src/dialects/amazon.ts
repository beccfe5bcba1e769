import type { Dialect } from './dialect.ts';
import { mainThenOthers } from './row-meaning.ts';

/** Labels of templates in other languages, where the row of names is gone: German, French, Spanish, Italian, Japanese. */
const SELLER_SKU = [
  'verkaufersku',
  'skuduvendeur',
  'skuvendeur',
  'skudelvendedor',
  'skuvendedor',
  'skudelvenditore',
  'skuvenditore',
  '出品者sku',
];
const MAIN_IMAGE = [
  'urlzumhauptbild',
  'urldeshauptbildes',
  'urldelimageprincipale',
  'urldelaimagenprincipal',
  'urlimagenprincipal',
  'urlimmagineprincipale',
  'urldellimmagineprincipale',
  'メイン画像のurl',
  '商品メイン画像url',
];
const OTHER_IMAGE = [
  /^url(zu|von)?(weiteremb|b)ild\d*$/,
  /^url(de)?(l|la)?(autre)?imagen?\d+$/,
  /^url(dell)?immagine\d+$/,
  /^その他の画像のurl\d*$/,
  /^商品のサブ画像url\d*$/,
];

/**
 * Amazon's flat files and templates: of old (`item_sku`, `main_image_url`), since 2024 (`contribution_sku#1.value`,
 * `main_product_image_locator[…]#1.media_location`), the row of labels alone, and the Listing Loader (`main-offer-image`). Parents are not sold; their children
 * have photos of their own. Swatches are no photos of the product.
 */
export const amazon: Dialect = {
  id: 'amazon',
  label: 'Amazon',
  recognise: (has) =>
    has('itemsku') ||
    has(/^contributionsku\d/) ||
    has(/^mainproductimagelocator/) ||
    (has(...SELLER_SKU) && has(...MAIN_IMAGE)) ||
    (has('sku') && has('mainofferimage', 'mainofferimageurl')) ||
    (has('sellersku', 'sku') &&
      has('mainimageurl') &&
      has('otherimageurl', 'swatchimageurl', /^otherimageurl\d/)),
  columns: {
    code: ['itemsku', /^contributionsku/, 'sellersku', ...SELLER_SKU, 'sku'],
    main: [
      'mainimageurl',
      /^mainproductimagelocator/,
      'mainofferimage',
      'mainofferimageurl',
      'mainproductimage',
      ...MAIN_IMAGE,
    ],
    images: [
      /^otherimageurl\d*$/,
      /^otherproductimagelocator\d/,
      /^(other)?offerimage(url)?\d*$/,
      /^image\d+url$/,
      ...OTHER_IMAGE,
    ],
    title: [
      'itemname',
      /^itemnamemarketplaceid/,
      'productname',
      'title',
      'produktname',
      'nomduproduit',
      'nombredelproducto',
      'nomedelprodotto',
      '商品名',
    ],
    parentage: ['parentchild', 'parentage', /^parentagelevel/],
    action: ['updatedelete', 'recordaction', /^recordaction/, 'listingaction'],
  },
  attributes: {
    itemname: 'title',
    productname: 'title',
    brandname: 'brand',
    colorname: 'color',
    color: 'color',
    materialtype: 'material',
    productdescription: 'description',
    feedproducttype: 'category',
    producttype: 'category',
  },
  reader: () => (row) => {
    const code = row.text('code');
    if (/^(delete|löschen|supprimer|eliminar|elimina)\b/i.test(row.text('action')))
      return { skip: 'deletes its listing' };
    if (/^(parent|übergeordnet|principal)/i.test(row.text('parentage'))) {
      return { skip: 'is a parent, which Amazon does not sell', stays: true };
    }
    return {
      product: code,
      code,
      title: row.text('title'),
      own: mainThenOthers(row.photos('main'), row.photos('images')),
    };
  },
  export: {
    format: 'tsv',
    place: 'row',
    join: null,
    most: 9,
    heading: (n) => `other_image_url${n}`,
    // A full update would empty every field that is not in the table.
    fresh: [
      ['item_sku', { of: 'code' }],
      ['update_delete', { always: 'PartialUpdate' }],
      ['item_name', { attribute: 'title' }],
      ['brand_name', { attribute: 'brand' }],
      ['product_description', { attribute: 'description' }],
      ['color_name', { attribute: 'color' }],
      ['material_type', { attribute: 'material' }],
      ['main_image_url', { of: 'pictures' }],
    ],
  },
};
