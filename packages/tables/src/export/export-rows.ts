import { ALL_DIALECTS, dialectOf } from '../dialects/all-dialects.ts';
import type { DialectName } from '../dialects/dialect.ts';
import type { KeptHead, KeptRow } from './kept-table.ts';
import { type PictureLinks, type Product, placeInProduct } from './place-pictures.ts';
import { roomForPictures } from './room-for-pictures.ts';

export interface ExportSource {
  head: KeptHead;
  /** In the order of the table; read once. */
  rows: AsyncIterable<KeptRow> | Iterable<KeptRow>;
  /** Codes of each product that have pictures, in the order of the table. */
  codesOf: (product: number) => readonly string[];
  /** Links to the pictures of a SKU in the order of the listing; none: it is not exported. */
  linksOf: PictureLinks;
  /** Most pictures of any SKU, and of any product. */
  most: { ofSku: number; ofProduct: number };
  /** Rows of SKUs without pictures stay, with empty cells for them. */
  keepAll?: boolean;
}

/**
 * The rows of a kept table with other pictures in it, placed as its shop wants them: headings first. Rows of products none of
 * whose SKUs has a picture are left out.
 */
export async function* exportRows(source: ExportSource): AsyncGenerator<readonly string[]> {
  const rule = dialectOf(source.head.dialect).export;
  const { head, added } = roomForPictures(source.head, rule, source.most);
  for (const [at, cells] of head.above.entries()) {
    yield at === head.headingsAt ? [...padded(cells, head.headings.length - added.length), ...added] : cells;
  }
  const seen = new Set<number>();
  for await (const run of runsOf(source.rows)) {
    const { product } = run[0] as KeptRow;
    if (product === undefined) {
      for (const { cells } of run) yield cells;
      continue;
    }
    const codes = source.codesOf(product);
    if (codes.length === 0 && !source.keepAll) continue;
    const isFirst = !seen.has(product);
    seen.add(product);
    const whole: Product = { rows: run, codes, isFirst };
    yield* await placeInProduct(whole, head, rule, source.linksOf, source.keepAll ?? false);
  }
}

/** Rows of one product that follow one another. */
async function* runsOf(rows: ExportSource['rows']): AsyncGenerator<KeptRow[]> {
  let run: KeptRow[] = [];
  for await (const row of rows) {
    const isSame = run.length > 0 && row.product !== undefined && run[0]?.product === row.product;
    if (!isSame && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(row);
  }
  if (run.length > 0) yield run;
}

function padded(cells: readonly string[], length: number): string[] {
  return Array.from({ length: Math.max(length, cells.length) }, (_, at) => cells[at] ?? '');
}

/** How the tables of a shop are written by default. */
export function exportFormat(dialect: DialectName): { format: 'csv' | 'tsv'; delimiter: ',' | ';' } {
  const { format, delimiter = ',' } = dialectOf(dialect).export;
  return { format, delimiter };
}

/** Asked for most; the others come after. */
const FIRST: readonly DialectName[] = ['shopify', 'woocommerce', 'google', 'amazon', 'ebay', 'generic'];

/** Everything that can be exported for, by name and as people call it. */
export function exportFormats(): { dialect: DialectName; label: string; format: 'csv' | 'tsv' }[] {
  const others = ALL_DIALECTS.filter(({ id }) => !FIRST.includes(id));
  return [...FIRST.map(dialectOf), ...others].map(({ id, label, export: { format } }) => ({
    dialect: id,
    label,
    format,
  }));
}
