import type { Dialect } from './dialect.ts';

/** The price columns of its catalogue, in the language of the shop's back office. */
const PRICE =
  /^(price|prix|precio|prezzo|preis|preco|prijs)(tax|ht$|ttc|imp|sinimp|tasse|ivaescl|zzgl|inkl|exkl|excl|semiva)/;

/** PrestaShop's import files and the export of its catalogue. The first of `Image URLs (x,y,z...)` is the cover. */
export const prestashop: Dialect = {
  id: 'prestashop',
  label: 'PrestaShop',
  recognise: (has) =>
    has('imageurlsxyz', 'deleteexistingimages0no1yes', 'chooseamongproductimagesbyposition123') ||
    (has('reference', 'referencia', 'riferimento', 'referenz', 'artikelnr', 'referentie') &&
      has('productid', 'id') &&
      has(PRICE, 'active01')),
  columns: {
    code: [
      'reference',
      'combinationreference',
      'productreference',
      'referencia',
      'riferimento',
      'referenz',
      'artikelnr',
      'referentie',
      'productid',
      'id',
    ],
    main: ['coverimage', 'cover'],
    images: [
      'imageurlsxyz',
      'imageurls',
      'image',
      'images',
      'imageurl',
      'imagen',
      'immagine',
      'bild',
      'afbeelding',
    ],
    title: ['name', 'productname', 'nom', 'nombre', 'nome', 'naam'],
  },
  attributes: {
    name: 'title',
    manufacturer: 'brand',
    brand: 'brand',
    category: 'category',
    categoriesxyz: 'category',
    description: 'description',
    summary: 'summary',
  },
  export: {
    format: 'csv',
    delimiter: ';',
    place: 'row',
    join: ',',
    most: 100,
    fresh: [
      ['Reference #', { of: 'code' }],
      ['Name *', { attribute: 'title' }],
      ['Image URLs (x,y,z...)', { of: 'pictures' }],
      ['Delete existing images (0 = No, 1 = Yes)', { always: '1' }],
    ],
  },
};
