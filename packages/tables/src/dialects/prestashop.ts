import type { Dialect } from './dialect.ts';

/** PrestaShop's import files and the export of its catalogue. The first of `Image URLs (x,y,z...)` is the cover. */
export const prestashop: Dialect = {
  id: 'prestashop',
  label: 'PrestaShop',
  recognise: (has) =>
    has('imageurlsxyz', 'deleteexistingimages0no1yes', 'chooseamongproductimagesbyposition123') ||
    (has('reference') &&
      has('productid', 'id') &&
      has('pricetaxexcl', 'pricetaxexcluded', 'pricetaxincl', 'active01')),
  columns: {
    code: ['reference', 'combinationreference', 'productreference', 'productid', 'id'],
    main: ['coverimage', 'cover'],
    images: ['imageurlsxyz', 'imageurls', 'image', 'images', 'imageurl'],
    title: ['name', 'productname'],
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
