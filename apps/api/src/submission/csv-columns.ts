import type { Fault } from '../http/problem-error.ts';

/** What a column of a table means. */
export type Column =
  | { is: 'sku' }
  | { is: 'image' }
  | { is: 'imageName' }
  | { is: 'attribute'; name: string; heading: string };

/** Spellings of the SKU column, best first: a table with both `sku` and `id` means the first by "SKU". */
const SKU_HEADERS = [
  'sku',
  'skucode',
  'itemsku',
  'sellersku',
  'variantsku',
  'productsku',
  'sku编码',
  '货号',
  '商品编码',
];
const SKU_FALLBACKS = ['productcode', 'itemcode', 'code', 'id'];
/** `image`, `Image URL`, `images`, `image_2`, `Image Src` (Shopify), `main_image_url` (Amazon), `additional_image_link` (Google). */
const IMAGE_HEADER =
  /^(main|other|additional|source|product)?(image|img|photo|picture)s?(url|link|src)?s?\d*$|^urls?\d*$|^图片(链接|地址)?\d*$/;
const IMAGE_NAME_HEADER = /^(image|img|photo|picture|file)(file)?(name|stem)$|^filename$/;
/** Attributes that prompts know; their names are made lower-case, all others stay as they were written. */
const KNOWN_ATTRIBUTES = ['name', 'title', 'brand', 'category', 'color', 'material', 'description'];
const MAX_NAME_LENGTH = 128;
/** The widest templates of marketplaces have some three hundred columns; every row is looked through for each of them. */
const MAX_COLUMNS = 1000;

/** Reads the header row; upper and lower case, spaces, `_` and `-` make no difference. */
export function readColumns(headers: readonly string[]): { columns: Column[]; faults: Fault[] } {
  if (headers.length > MAX_COLUMNS) {
    const message = `has ${headers.length} columns, the limit is ${MAX_COLUMNS}`;
    return { columns: [], faults: [{ path: 'line 1', message }] };
  }
  const plain = headers.map((header) => header.toLowerCase().replace(/[\s_\-./()]+/g, ''));
  const skuHeader = [...SKU_HEADERS, ...SKU_FALLBACKS].find((name) => plain.includes(name));
  const faults: Fault[] = [];
  const seen = new Set<string>();
  const columns = plain.map((name, index): Column => {
    if (name === skuHeader && !seen.has('sku column')) {
      seen.add('sku column');
      return { is: 'sku' };
    }
    if (IMAGE_HEADER.test(name)) return { is: 'image' };
    if (IMAGE_NAME_HEADER.test(name)) return { is: 'imageName' };
    const written = headers[index]?.trim() || `column ${index + 1}`;
    const attribute = KNOWN_ATTRIBUTES.includes(name) ? name : written;
    const message = faultOfName(attribute, seen);
    if (message !== null) faults.push({ path: `line 1, column ${index + 1}`, message });
    seen.add(attribute);
    return {
      is: 'attribute',
      name: attribute,
      heading: headers[index]?.trim() ? (headers[index] ?? '') : written,
    };
  });
  const missing = [
    ...(columns.some(({ is }) => is === 'sku') ? [] : ['sku']),
    ...(columns.some(({ is }) => is === 'image') ? [] : ['image']),
  ];
  faults.push(...missing.map((name) => ({ path: 'line 1', message: `has no column "${name}"` })));
  return { columns, faults };
}

function faultOfName(name: string, seen: ReadonlySet<string>): string | null {
  if (name === '__proto__') return 'is headed "__proto__", which is not a possible name';
  if (name.length > MAX_NAME_LENGTH)
    return `has a heading of ${name.length} characters, the limit is ${MAX_NAME_LENGTH}`;
  if (seen.has(name)) return `is headed ${JSON.stringify(name)} like a column before it`;
  return null;
}
