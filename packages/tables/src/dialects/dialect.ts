import type { ExportRule } from './export-rule.ts';
import type { DraftRow, RowMeaning, SkippedRow } from './row-meaning.ts';
import type { RowView } from './row-view.ts';

export const DIALECTS = [
  'shopify',
  'woocommerce',
  'amazon',
  'google',
  'magento',
  'ebay',
  'walmart',
  'prestashop',
  'bigcommerce',
  'squarespace',
  'tiktok',
  'etsy',
  'wix',
  'generic',
] as const;
export type DialectName = (typeof DIALECTS)[number];

/** A heading without case, spaces and punctuation, or a pattern for such ones. */
export type HeadingRule = string | RegExp;

/** Which headings have a meaning. Where there are several rules, the first that fits is the best. */
export interface ColumnRules {
  /** The SKU code: one column, the first rule whose column holds anything. */
  code: readonly HeadingRule[];
  /** The main photo. */
  main?: readonly HeadingRule[];
  /** All other photos, in the order of the table; numbered ones by their number. */
  images?: readonly HeadingRule[];
  /** Photos of the row's own variant, before those of its product. */
  own?: readonly HeadingRule[];
  /** File names of photos. */
  imageName?: readonly HeadingRule[];
  /** The title: rows with one code and two titles are not one product. */
  title?: readonly HeadingRule[];
  /** Everything else that a dialect's own `reader` asks for. */
  [use: string]: readonly HeadingRule[] | undefined;
}

/** How the tables of one shop are read. A new one is one file here, and one fixture. */
export interface Dialect {
  id: DialectName;
  /** As people call it. */
  label: string;
  /** Whether headings (plain) are this shop's; asked in the order of the list, so the most particular come first. */
  recognise(has: (...rules: HeadingRule[]) => boolean): boolean;
  columns: ColumnRules;
  /** Names for attributes that prompts know, by plain heading. */
  attributes?: Readonly<Record<string, string>>;
  /** A reader for one table, which may remember the rows before. Default: every row is a product, or more of it. */
  reader?(): (row: RowView) => RowMeaning | SkippedRow | DraftRow;
  /** How its tables are written with other pictures. */
  export: ExportRule;
}
