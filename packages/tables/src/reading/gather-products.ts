import { type Said, say } from '@image-studio/contract';
import { createPacer } from '../content/pacer.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { mainThenOthers, type Photo, type RowMeaning, type SkippedRow } from '../dialects/row-meaning.ts';
import type { RowView } from '../dialects/row-view.ts';
import type { Row } from '../table.ts';
import { isExcelError, isShortenedNumber } from './excel-damage.ts';
import type { Column } from './resolve-columns.ts';
import type { RowNotes } from './row-notes.ts';
import { viewRow } from './row-views.ts';

/** What is sold under one code, gathered from its rows. */
export interface Variant {
  code: string;
  line: number;
  title: string;
  own: Photo[];
  attributes: Map<string, string>;
  /** Why it is not one product. */
  conflict?: Said;
}

export interface Product {
  line: number;
  title: string;
  fallback: string;
  shared: Photo[];
  variants: Variant[];
  /** Of its first row, for variants whose rows leave them empty. */
  attributes: Map<string, string>;
}

/** Where a row belongs: what it sells, or (without a product) that it stays in its table as it is. */
export interface RowPlace {
  product?: Product;
  code: string;
}

export interface Gathered {
  products: Product[];
  /** For each row; `null` for those that were left out. */
  places: (RowPlace | null)[];
  /** How many rows were left out as drafts. */
  drafts: number;
}

/** Repeated attributes are joined as lists are written in one cell. */
const JOIN = '; ';

/**
 * Gathers rows into products and their variants as a dialect reads them. Rows without a code and rows that say two
 * things of one code are left out and remarked on.
 */
export async function gatherProducts(
  rows: readonly Row[],
  dialect: Dialect,
  found: { columns: readonly Column[]; uses: ReadonlyMap<string, readonly number[]> },
  rowNotes: RowNotes,
  takeDrafts: boolean,
): Promise<Gathered> {
  const products = new Map<string, Product>();
  const owners = new Map<string, { product: string; variant: Variant }>();
  const read = dialect.reader?.() ?? plainRow;
  const pace = createPacer();
  const places: Gathered['places'] = [];
  let drafts = 0;
  for (const row of rows) {
    await pace();
    places.push(null);
    if (isMisplaced(row, found.columns, rowNotes)) continue;
    const meaning = read(viewRow(row, found.uses));
    if ('skip' in meaning) {
      if (meaning.draft) drafts += 1;
      if (!meaning.draft || !takeDrafts) {
        noteSkipped(row, meaning, rowNotes);
        if (!meaning.draft && (meaning.quiet || meaning.stays)) places[places.length - 1] = { code: '' };
        continue;
      }
    }
    places[places.length - 1] = addRow(row, meaning, found.columns, { products, owners, rowNotes });
  }
  return { products: [...products.values()], places, drafts };
}

/** Every row is a product, or one more row of the product with its code. */
function plainRow(row: RowView): RowMeaning {
  const code = row.text('code');
  const own = mainThenOthers(row.photos('main'), row.photos('images'));
  return { product: code, code, title: row.text('title'), own };
}

/** More cells than there are headings: a separator that is not quoted has moved everything behind it. */
function isMisplaced(row: Row, columns: readonly Column[], rowNotes: RowNotes): boolean {
  if (row.cells.length <= columns.length) return false;
  const said = say`has ${row.cells.length} cells, the headings are ${columns.length}; is a separator not quoted? The row was left out`;
  rowNotes.add({ kind: 'misplaced', line: row.line, ...said, isFault: true });
  return true;
}

function noteSkipped(
  row: Row,
  { skip, quiet }: Pick<SkippedRow, 'skip' | 'quiet'>,
  rowNotes: RowNotes,
): void {
  if (quiet) return;
  rowNotes.add({ kind: `skip ${skip}`, line: row.line, ...say`${skip}; it was left out`, isFault: false });
}

interface Gathering {
  products: Map<string, Product>;
  owners: Map<string, { product: string; variant: Variant }>;
  rowNotes: RowNotes;
}

function addRow(
  row: Row,
  meaning: RowMeaning,
  columns: readonly Column[],
  gathering: Gathering,
): RowPlace | null {
  const { products, rowNotes } = gathering;
  const code = cleanCode(meaning.code ?? '');
  const attributes = attributesOf(row, columns);
  if (isExcelError(code)) {
    const said = say`has the code ${code}, which is an error of a spreadsheet’s formula; the row was left out`;
    rowNotes.add({ kind: 'error as code', line: row.line, ...said, isFault: true });
    return null;
  }
  const key = meaning.product || code;
  if (key === '') {
    noteNoCode(row.line, '', rowNotes);
    return null;
  }
  const product = products.get(key) ?? {
    line: row.line,
    title: meaning.title ?? '',
    fallback: meaning.fallback ?? '',
    shared: [],
    variants: [],
    attributes,
  };
  products.set(key, product);
  product.shared.push(...(meaning.shared ?? []));
  if (code !== '') addVariant(row.line, code, meaning, attributes, key, product, gathering);
  else product.shared.push(...(meaning.own ?? []));
  return { product, code };
}

function addVariant(
  line: number,
  code: string,
  meaning: RowMeaning,
  attributes: Map<string, string>,
  key: string,
  product: Product,
  { owners, rowNotes }: Gathering,
): void {
  const title = meaning.title ?? '';
  const owner = owners.get(code);
  if (owner === undefined) {
    const variant = { code, line, title, own: [...(meaning.own ?? [])], attributes };
    product.variants.push(variant);
    owners.set(code, { product: key, variant });
    return;
  }
  const { variant } = owner;
  const isOther = title !== '' && variant.title !== '' && !sameText(title, variant.title);
  if (isOther || isShortenedNumber(code)) variant.conflict ??= conflictOf(code, variant, line, title);
  else if (owner.product !== key) {
    const said = say`has the code ${JSON.stringify(code)} like line ${variant.line}, and nothing that tells them apart; they were taken for one product`;
    rowNotes.add({ kind: 'merged', line, ...said, sku: code, isFault: true });
  }
  variant.own.push(...(meaning.own ?? []));
  if (variant.title === '') variant.title = title;
  for (const [name, text] of attributes)
    if (!variant.attributes.has(name)) variant.attributes.set(name, text);
}

function conflictOf(code: string, { line, title }: Variant, otherLine: number, otherTitle: string): Said {
  const [mine, other] = [title, otherTitle].map((text) => JSON.stringify(text.slice(0, 60)));
  const titles =
    title !== '' && otherTitle !== '' && !sameText(title, otherTitle)
      ? say`has the code ${code}, and lines ${line} and ${otherLine} are headed ${mine ?? ''} and ${other ?? ''}`
      : say`has the code ${code}, and lines ${line} and ${otherLine} share it`;
  const cause = isShortenedNumber(code)
    ? 'Excel turned codes into numbers and dropped their last digits: format the column as text and export again'
    : 'one code cannot be two products';
  return say`${titles}; ${cause}. The rows of this code were left out`;
}

export function noteNoCode(line: number, title: string, rowNotes: RowNotes): void {
  const name = JSON.stringify(title.slice(0, 60));
  rowNotes.add({
    kind: 'no code',
    line,
    ...(title === ''
      ? say`has no SKU code; the row was left out`
      : say`has no SKU code (${name}); the row was left out`),
    isFault: true,
  });
}

/** A code stands on one line, whatever its cell looks like. */
function cleanCode(code: string): string {
  return code.replace(/[\s\u00a0]+/g, ' ').trim();
}

function attributesOf(row: Row, columns: readonly Column[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [at, column] of columns.entries()) {
    if (column.name === undefined) continue;
    const text = row.cells[at] ?? '';
    if (text === '' || text.trim() === '' || isExcelError(text)) continue;
    if (column.name === 'name' && looksLikeFile(text)) continue;
    const before = attributes.get(column.name);
    attributes.set(column.name, before === undefined ? text : `${before}${JOIN}${text}`);
  }
  return attributes;
}

/** A column `name` whose cell is plainly a file's names the photo. */
function looksLikeFile(text: string): boolean {
  return /^\S.*\.(jpe?g|png|webp|avif|gif|tiff?|bmp|heic)$/i.test(text.trim());
}

function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
  return plain(a) === plain(b);
}
