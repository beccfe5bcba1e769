import type { Photo } from './row-meaning.ts';

/** A row, seen through a dialect's columns. */
export interface RowView {
  line: number;
  /** The first cell with text among the columns of a use, trimmed. */
  text(use: string): string;
  /** Every address in the columns of a use, as written. */
  photos(use: string): Photo[];
}
