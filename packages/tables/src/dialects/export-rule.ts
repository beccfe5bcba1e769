import type { RowView } from './row-view.ts';

/** What stands in a column of a table that is made afresh: something of the SKU, an attribute, or always the same text. */
export type FreshCell =
  | { of: 'code' | 'handle' | 'pictures' }
  | { attribute: string; else?: 'code' }
  | { always: string };

/**
 * How pictures get into the tables of one shop. `row`: each row has those of the SKU that it sells. `first row`: the first row
 * of a product has those of all its SKUs, in one cell. `every row`: every row of a product has them. `row each`: every further
 * picture is a row of its own.
 */
export type Placement = 'row' | 'first row' | 'every row' | 'row each';

/** How the tables of one shop are written. */
export interface ExportRule {
  format: 'csv' | 'tsv';
  /** Of a CSV; default: a comma. */
  delimiter?: ',' | ';';
  place: Placement;
  /** Between addresses in one cell; `null`: a cell holds one. */
  join: string | null;
  /** Most pictures of a listing, the main one included. */
  most: number;
  /** Uses whose columns repeat the main picture. */
  mirror?: readonly string[];
  /** The first row of a product, in numbered columns with more than an address each (`place` is `row each`). */
  numbered?: (n: number) => readonly NumberedCell[];
  /** Rows of products hold no picture, only rows of pictures do (`place` is `row each`). */
  isApart?: boolean;
  /** A row that is nothing but a photo of its product (`place` is `row each`). */
  isPhotoRow?: (row: RowView) => boolean;
  /** Cells of a further row, by use, besides the address and its position. */
  photoRow?: Readonly<Record<string, string>>;
  /** Uses whose cells a further row takes from its product's. */
  repeats?: readonly string[];
  /** Where the shop counts its positions from; default 1. */
  firstPosition?: 0 | 1;
  /** Written before the addresses in the cell of a row, e.g. `Red=`. */
  prefix?: (row: RowView) => string;
  /** Heading of the nth further picture's column, from 1, where a table has too few. */
  heading?: (n: number) => string;
  /** Columns of a table made afresh, in order. Attributes that no SKU has are left out. */
  fresh: readonly (readonly [heading: string, cell: FreshCell])[];
}

/** A cell of a use: the address, its position, or whether it is the main one. */
export interface NumberedCell {
  use: string;
  holds: 'address' | 'position' | 'isMain';
}
