import { expect, test } from '@jest/globals';
import { readTable } from '../read-table.ts';

const photo = (n: number) => `https://photos.example/img/${n}/a.jpg`;

/** `code: numbers of its photos in order`, and what was remarked. */
async function told(text: string): Promise<string[]> {
  const { skus, warnings, faults } = await readTable(Buffer.from(text));
  const numberOf = (url: string) => /\/img\/(\d+)\//.exec(url)?.[1] ?? url;
  return [
    ...skus.map(({ sku, images }) => `${sku}: ${images.map(({ url }) => numberOf(url)).join(' ')}`),
    ...[...warnings, ...faults].map(({ path, message }) => `! ${path} ${message}`),
  ];
}

/** Headings as these programs write them, one product, and how it is read. */
const TABLES: [shop: string, text: string, expected: string[]][] = [
  [
    'Amazon, German labels alone',
    `Produkttyp\tVerkäufer-SKU\tProduktname\tURL zum Hauptbild\tURL zu Bild 1\tURL zu Bild 2\ncup\tDE-1\tTasse\t${photo(31)}\t${photo(32)}\t${photo(33)}`,
    ['DE-1: 31 32 33'],
  ],
  [
    'Amazon, Japanese labels alone',
    `商品タイプ\t出品者SKU\t商品名\tメイン画像のURL\tその他の画像のURL1\ncup\tJP-1\tマグ\t${photo(31)}\t${photo(32)}`,
    ['JP-1: 31 32'],
  ],
  [
    'Walmart, with its row of what is required',
    `SKU,Product Name,Main Image URL,Additional Image URL 1 (+)\nsku,productName,mainImageUrl,productSecondaryImageURL\nRequired,Required,Required,Recommended\nW-1,Mug,${photo(93)},${photo(94)}`,
    ['W-1: 93 94'],
  ],
  [
    'Matrixify, with a video beside the photos',
    `ID,Handle,Title,Variant SKU,Image Type,Image Src,Image Position\n1,mug,Mug,MX-1,IMAGE,${photo(2)},2\n1,mug,,,IMAGE,${photo(1)},1\n1,mug,,,VIDEO,https://cdn.example/v.mp4,3`,
    ['MX-1: 1 2'],
  ],
  [
    'OpenCart, whose image_name is a path or an address',
    `product_id,name(en-gb),sku,model,image_name\n1,Mug,OC-1,M1,catalog/demo/mug.jpg\n2,Cup,OC-2,M2,${photo(2)}`,
    [
      'OC-2: 2',
      '! line 2 has the photo address "catalog/demo/mug.jpg", which is the name of a file, without a host; give the address of its folder (photoBase), or upload the photo',
      '! line 2 has no photo that can be fetched for SKU "OC-1"; it was left out',
    ],
  ],
  [
    'Odoo',
    `"External ID","Internal Reference",Name,"Image 1920"\n__export__.p_1,OD-1,Mug,${photo(1)}`,
    ['OD-1: 1'],
  ],
  [
    'plentymarkets',
    `"Item ID","Variation ID","Variation number","Name 1","Image 1 URL","Image 2 URL","Barcode EAN"\n1,11,PL-1,Tasse,${photo(1)},${photo(2)},401`,
    ['PL-1: 1 2'],
  ],
  [
    'bol, whose own code counts more than an EAN',
    `Interne referentie;EAN;Titel;Hoofdafbeelding;Extra afbeelding 1\nBOL-1;871;Mok;${photo(1)};${photo(2)}`,
    ['BOL-1: 1 2'],
  ],
  [
    'Cdiscount',
    `Référence vendeur;EAN;Libellé;URL image 1;URL image 2\nCD-1;376;Tasse;${photo(1)};${photo(2)}`,
    ['CD-1: 1 2'],
  ],
  [
    'Mirakl',
    `shop_sku;category;product_title;main_image;secondary_image_1\nMI-1;c;Mug;${photo(1)};${photo(2)}`,
    ['MI-1: 1 2'],
  ],
  [
    'Faire, with a photo of each option',
    `Product Name,SKU,Option 1 Value,Option Image,Product Images\nMug,FA-R,Red,${photo(11)},${photo(1)} ${photo(2)}\nMug,FA-B,Blue,${photo(12)},${photo(1)} ${photo(2)}`,
    ['FA-R: 11 1 2', 'FA-B: 12 1 2'],
  ],
  [
    'Heureka',
    `<SHOP><SHOPITEM><ITEM_ID>HK-1</ITEM_ID><PRODUCTNAME>Hrnek</PRODUCTNAME><URL>https://s.example/p</URL><IMGURL>${photo(1)}</IMGURL><IMGURL_ALTERNATIVE>${photo(2)}</IMGURL_ALTERNATIVE><IMGURL_ALTERNATIVE>${photo(3)}</IMGURL_ALTERNATIVE></SHOPITEM></SHOP>`,
    ['HK-1: 1 2 3'],
  ],
  [
    'Ceneo',
    `<offers version="1"><o id="CE-1" url="https://s.example/p"><name><![CDATA[Kubek]]></name><imgs><main url="${photo(1)}"/><i url="${photo(2)}"/></imgs></o></offers>`,
    ['CE-1: 1 2'],
  ],
];

test.each(TABLES)('%s', async (_shop, text, expected) => {
  expect(await told(text)).toEqual(expected);
});
