export { type Content, sniffContent } from './content/sniff-content.ts';
export { DIALECTS, type DialectName } from './dialects/dialect.ts';
export { type ExportSource, exportFormat, exportFormats, exportRows } from './export/export-rows.ts';
export { freshTable } from './export/fresh-table.ts';
export type { KeptHead, KeptRow, KeptTable } from './export/kept-table.ts';
export { type FeedReading, readFeed } from './read-feed.ts';
export {
  type ProductReading,
  readProducts,
  readTable,
  type TableOptions,
  type TableReading,
} from './read-table.ts';
export { type MendedAddress, mendAddress } from './reading/mend-address.ts';
export type { Column, ColumnMapping, ColumnUse } from './reading/resolve-columns.ts';
export type { TableWarning } from './reading/row-notes.ts';
export type { TableProduct } from './reading/to-products.ts';
export type { Note, TableFormat } from './table.ts';
export { TableError } from './table-error.ts';
