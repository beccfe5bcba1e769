import { createPacer } from '../content/pacer.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Header } from '../reading/find-header.ts';
import type { Gathered, Product } from '../reading/gather-products.ts';
import type { Row, Table } from '../table.ts';
import type { KeptRow, KeptTable } from './kept-table.ts';

export interface ReadParts {
  table: Table;
  header: Header;
  headings: readonly string[];
  dialect: Dialect;
  uses: ReadonlyMap<string, readonly number[]>;
  data: readonly Row[];
  places: Gathered['places'];
}

/** The rows of a table that were taken, each with what it sells. Rows that were left out are not among them. */
export async function keepTable(parts: ReadParts): Promise<KeptTable> {
  const { table, header, headings, dialect, uses, data, places } = parts;
  const numbers = new Map<Product, number>();
  const rows: KeptRow[] = [];
  const pace = createPacer();
  for (const [at, place] of places.entries()) {
    await pace();
    const cells = data[at]?.cells;
    if (place === null || cells === undefined) continue;
    const { product } = place;
    if (product === undefined) {
      rows.push({ cells });
      continue;
    }
    const isFirst = !numbers.has(product);
    const number = numbers.get(product) ?? numbers.size;
    numbers.set(product, number);
    // A product none of whose rows has a code goes by its own.
    const code = place.code || (isFirst && product.variants.length === 0 ? product.fallback : '');
    rows.push({ cells, product: number, ...(code !== '' && { code }) });
  }
  // `sep=;` is about the file that was sent, not about the one that will be written.
  const above = header.invented
    ? []
    : table.rows
        .slice(0, table.rows.length - data.length)
        .filter(({ cells }) => !/^"?sep=/i.test(cells[0] ?? ''));
  return {
    dialect: dialect.id,
    format: table.format,
    above: above.map(({ cells }) => cells),
    headingsAt: above.indexOf(header.row),
    headings,
    uses: Object.fromEntries(uses),
    rows,
  };
}
