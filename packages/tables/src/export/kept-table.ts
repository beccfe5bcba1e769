import type { DialectName } from '../dialects/dialect.ts';
import type { TableFormat } from '../table.ts';

/** What is known of a table besides its rows. */
export interface KeptHead {
  dialect: DialectName;
  format: TableFormat;
  /** Rows above the products: headings, labels, settings of a template. Without any, the table had no headings. */
  above: (readonly string[])[];
  /** Which of them holds the headings; -1 for none. */
  headingsAt: number;
  headings: readonly string[];
  /** Places of the columns of each use of the dialect, best first. */
  uses: Readonly<Record<string, readonly number[]>>;
}

/** A row of a table that was taken. Without a product it belongs to nothing and stays as it is. */
export interface KeptRow {
  cells: readonly string[];
  /** Rows of one product have the same number. */
  product?: number;
  /** SKU code that the row sells. */
  code?: string;
}

/** A submitted table with what each of its rows is, so that it can be given back with other pictures in it. */
export interface KeptTable extends KeptHead {
  rows: KeptRow[];
}
