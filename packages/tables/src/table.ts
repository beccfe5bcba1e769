import type { Sentence } from '@image-studio/contract';

/** One row of a table as it stands in its file. Empty cells at its end are left out. */
export interface Row {
  /** Its place among all rows of the file, from 1; empty rows count. */
  number: number;
  /** The line of the file on which it starts; in a spreadsheet the row, in a feed the line of its element. */
  line: number;
  cells: readonly string[];
}

export type TableFormat = 'csv' | 'tsv' | 'xlsx' | 'xml';

/** The rows of a file, whatever it was. Rows without any text are left out. */
export interface Table {
  format: TableFormat;
  rows: Row[];
  /** The first row holds the headings: a feed names its own fields. */
  headed: boolean;
  /** How its bytes became text, as browsers call it; absent where the format says so itself. */
  encoding?: string;
  /** Names of the sheets of a workbook, in order. */
  sheets?: string[];
  /** Pictures that lie in a workbook itself, where nothing tells whose they are. */
  pictures?: number;
  /** What was done so that it could be read. */
  notes: Note[];
}

/** Something that a person should know about the reading of a table: where, and what. */
export interface Note {
  path: string;
  message: string;
  /** The message for other languages. */
  sentence?: Sentence;
}

/** Most columns of a table. The widest template of a marketplace known has 700; every row is looked through for each of them. */
export const MAX_COLUMNS = 1000;
