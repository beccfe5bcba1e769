import type { Dialect } from './dialect.ts';
import type { DraftRow, RowMeaning } from './row-meaning.ts';
import type { RowView } from './row-view.ts';

/** Headings of the picture columns, in the language of the user who exports: English, German, French, Spanish, Italian, Dutch, Portuguese, Swedish, Polish. */
const IMAGES = ['images', 'bilder', 'imagenes', 'immagine', 'immagini', 'afbeeldingen', 'imagens', 'obrazki'];
const SKU = ['sku', 'artikelnummer', 'ugs', 'cod', 'ref'];
const TYPE = ['type', 'typ', 'tipo'];
const PUBLISHED = [
  'published',
  'veroffentlicht',
  'publie',
  'publicado',
  'pubblicato',
  'gepubliceerd',
  'publicerad',
  'opublikowany',
  'opublikowano',
];
const PARENT = [
  'parent',
  'ubergeordnetesprodukt',
  'ubergeordnet',
  'superior',
  'genitore',
  'hoofd',
  'bovenliggend',
  'ascendente',
  'overordnad',
  'nadrzedny',
];

/**
 * WooCommerce's product export. `Images` holds them all, the first is the main one. A variation names its parent by SKU
 * (or `id:44`) and takes the parent's photos where it has none. Grouped products are lists of others. `Published` is -1
 * for drafts.
 */
export const woocommerce: Dialect = {
  id: 'woocommerce',
  label: 'WooCommerce',
  recognise: (has) =>
    has(...IMAGES) &&
    has(...SKU) &&
    has(...TYPE) &&
    has(...PUBLISHED, ...PARENT, 'isfeatured', 'visibilityincatalog', 'attribute1name'),
  columns: {
    code: SKU,
    images: IMAGES,
    title: ['name', 'nom', 'nombre', 'nome', 'naam', 'namn', 'nazwa'],
    id: ['id'],
    type: TYPE,
    parent: PARENT,
    published: PUBLISHED,
  },
  attributes: {
    name: 'title',
    categories: 'category',
    kategorien: 'category',
    categorias: 'category',
    categorie: 'category',
    categorieen: 'category',
    kategorier: 'category',
    description: 'description',
    beschreibung: 'description',
    descripcion: 'description',
    descrizione: 'description',
    beschrijving: 'description',
    descricao: 'description',
    brands: 'brand',
    marken: 'brand',
    marques: 'brand',
    marcas: 'brand',
    merken: 'brand',
  },
  reader: () => {
    const skuOf = new Map<string, string>();
    return (row) => {
      const code = row.text('code');
      const id = row.text('id');
      if (id !== '' && code !== '') skuOf.set(id, code);
      const photos = row.photos('images');
      const parent = productOf(row.text('parent'), skuOf);
      const title = row.text('title');
      const isVariation = /\bvariation\b/i.test(row.text('type')) && parent !== '';
      if (!isVariation) {
        if (/\bgrouped\b/i.test(row.text('type')) && photos.length === 0) {
          return { skip: 'is a group of other products, without a photo of its own', stays: true };
        }
        return orDraft(row, { product: code || `id:${id}`, code, title, shared: photos });
      }
      return orDraft(row, { product: parent, code, title, own: photos });
    };
  },
  export: {
    format: 'csv',
    place: 'row',
    join: ', ',
    most: 100,
    fresh: [
      ['SKU', { of: 'code' }],
      ['Name', { attribute: 'title' }],
      ['Description', { attribute: 'description' }],
      ['Images', { of: 'pictures' }],
    ],
  },
};

function orDraft(row: RowView, meaning: RowMeaning): RowMeaning | DraftRow {
  if (row.text('published') !== '-1') return meaning;
  return { ...meaning, skip: 'is a draft in the shop', draft: true };
}

/** `woo-vneck`, or `id:44` for a parent without a SKU. */
function productOf(parent: string, skuOf: ReadonlyMap<string, string>): string {
  const id = /^id:\s*(\d+)$/i.exec(parent)?.[1];
  return id === undefined ? parent : (skuOf.get(id) ?? `id:${id}`);
}
