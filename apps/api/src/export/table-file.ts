import { exportFormat, type KeptHead } from '@image-studio/tables';
import { MEDIA_TYPES, type TableFormat, writeTable } from './write-table.ts';

/** A table on its way to a client. */
export interface TableFile {
  mediaType: string;
  extension: string;
  stream: AsyncIterable<string | Uint8Array>;
}

/** Rows as a file of `format`, by default of the one that the shop of `head` takes. */
export function tableFile(
  rows: AsyncIterable<readonly string[]>,
  {
    head: { dialect, uses },
    format,
  }: { head: Pick<KeptHead, 'dialect' | 'uses'>; format: TableFormat | undefined },
): TableFile {
  const usual = exportFormat(dialect);
  const chosen = format ?? usual.format;
  const style = {
    format: chosen,
    delimiter: usual.delimiter,
    codes: [...(uses.code ?? []), ...(uses.handle ?? [])],
    // As in Amazon's own templates.
    sheet: dialect === 'amazon' ? 'Template' : 'Products',
  };
  return { mediaType: MEDIA_TYPES[chosen], extension: chosen, stream: writeTable(rows, style) };
}
