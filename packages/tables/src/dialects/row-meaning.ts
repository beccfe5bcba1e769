/** The address of a photo as a table has it, and what the table says of its place. */
export interface Photo {
  address: string;
  /** The table calls it the main one. */
  main?: boolean | undefined;
  /** Its place among the photos of its product, from 1. Without one, it is where it stands. */
  position?: number | undefined;
  name?: string | undefined;
}

/** What a row says. */
export interface RowMeaning {
  /** Names the product; rows with the same one belong together. Empty: the row belongs to nothing. */
  product: string;
  /** SKU code that the row sells; rows without one continue their product. */
  code?: string;
  /** The product's code where none of its rows has one. */
  fallback?: string;
  title?: string;
  /** Photos of the whole product, for all its codes. */
  shared?: readonly Photo[];
  /** Photos of this code alone. */
  own?: readonly Photo[];
}

/** A row that sells nothing, and why, as the end of a sentence: "is a parent without photos". */
export interface SkippedRow {
  skip: string;
  /** Not worth a word: headings, remarks, empty templates. */
  quiet?: boolean;
  /** Other rows of the table need it: it stays in an export, as it is. */
  stays?: boolean;
  draft?: never;
}

/** A row that is taken when there is nothing but drafts in the table, or when somebody wants drafts. */
export interface DraftRow extends RowMeaning {
  skip: string;
  draft: true;
}

/** Photos of a row that each hold for one code: its main photo first, then the others in their order. */
export function mainThenOthers(main: readonly Photo[], others: readonly Photo[]): Photo[] {
  return [...main.map((photo, at) => (at === 0 ? { ...photo, main: true } : photo)), ...others];
}
