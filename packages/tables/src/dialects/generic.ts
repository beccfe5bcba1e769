import type { Dialect } from './dialect.ts';
import { mainThenOthers } from './row-meaning.ts';

/** What people call a photo, in the languages that their tables are written in. */
const PHOTO =
  '(?:image|img|photo|picture|pic|bild|bilder|foto|fotos|abbildung|produktbild|artikelbild|imagen|imagenes|immagine|immagini|imagem|imagens|afbeelding|obraz|zdjecie|kuva|gorsel|resim)s?';
const ADDRESS = '(?:url|urls|link|links|src|href|address|adresse|path|pfad|uri)?';
const IS_MAIN =
  '(?:main|primary|hero|cover|base|featured|default|front|haupt|titel|principale?|principal|hoofd|glowne?)';

/** Any table: one row a SKU, or one a photo. A column for the main photo comes first, then the others as they stand. */
export const generic: Dialect = {
  id: 'generic',
  label: 'table',
  recognise: () => true,
  columns: {
    code: [
      'sku',
      'skucode',
      'itemsku',
      'sellersku',
      'variantsku',
      'productsku',
      'customlabelsku',
      'customlabel',
      'skuid',
      'shopsku',
      'vendorsku',
      'merchantsku',
      'skuvendeur',
      'referencevendeur',
      'internalreference',
      'internereferentie',
      'variationnumber',
      'sku编码',
      '货号',
      '商品编码',
      '商家编码',
      '产品编码',
      '编码',
      '款号',
      '商品番号',
      '品番',
      'artikelnummer',
      'artikelnr',
      'artnr',
      'artikelcode',
      'artikel',
      'bestellnummer',
      'bestellnr',
      'ordernumber',
      'ugs',
      'reference',
      'referencia',
      'ref',
      'codigo',
      'codice',
      'productcode',
      'itemcode',
      'itemnumber',
      'itemno',
      'articlenumber',
      'articleno',
      'stylecode',
      'stylenumber',
      'partnumber',
      'partno',
      'productnumber',
      'productid',
      'itemid',
      'code',
      'id',
      'mpn',
      'model',
      'gtin',
      'ean',
      'ean13',
      'barcode',
      'upc',
      'isbn',
    ],
    main: [
      new RegExp(`^${IS_MAIN}(product)?${PHOTO}${ADDRESS}1?$`),
      new RegExp(`^${PHOTO}${IS_MAIN}${ADDRESS}$`),
      /^(主图|主圖|首图|商品主图|产品主图|メイン画像)(链接|地址|url|网址)?1?$/,
      /^mainproductimage.*$/,
      // The photo of a row's own variant, where there is no main one.
      /^optionimage(url)?$/,
    ],
    images: [
      new RegExp(
        `^(other|additional|more|extra|gallery|secondary|weitere|zusatz|detail|back|side|rear|source|supplier|product|item|variant|variation|original|large)?(product)?${PHOTO}${ADDRESS}\\d*$`,
      ),
      new RegExp(`^${PHOTO}\\d+${ADDRESS}$`),
      /^(url|link)s?(image|photo|picture|bild|foto)s?\d*$/,
      /^(other|additional|more)imageurls?\d*$/,
      /^imgurlalternative\d*$/,
      /^(图片|图|附图|副图|细节图|商品图片|产品图片|画像)(链接|地址|url|网址)?\d*$/,
    ],
    page: [/^urls?\d*$/, /^links?\d*$/],
    imageName: [/^(image|img|photo|picture|file)(file)?(name|stem)$/, 'filename', 'dateiname'],
    position: [/^(image|photo|picture)(position|order|sort|sortorder|rank|index|number|no)$/],
    title: [
      'title',
      'name',
      'productname',
      'producttitle',
      'itemname',
      'titel',
      'bezeichnung',
      'artikelbezeichnung',
      'artikelname',
      'produktname',
      'titre',
      'nom',
      'nombre',
      'titulo',
      'nome',
      'titolo',
      '标题',
      '商品标题',
      '商品名称',
      '产品名称',
      '品名',
      '名称',
      '商品名',
    ],
  },
  reader: () => (row) => {
    const code = row.text('code');
    const images = row.photos('images');
    const main = row.photos('main');
    // A page's address is a photo's where the table has no other.
    const photos = main.length + images.length > 0 ? mainThenOthers(main, images) : row.photos('page');
    const position = Number(row.text('position')) || undefined;
    const name = row.text('imageName');
    return {
      product: code,
      code,
      title: row.text('title'),
      own: photos.map((photo) => ({
        ...photo,
        position,
        ...(name !== '' && photos.length === 1 && { name }),
      })),
    };
  },
  export: {
    format: 'csv',
    place: 'row',
    join: ', ',
    most: 20,
    heading: (n) => `image_url_${n + 1}`,
    fresh: [
      ['sku', { of: 'code' }],
      ['main_image_url', { of: 'pictures' }],
    ],
  },
};
