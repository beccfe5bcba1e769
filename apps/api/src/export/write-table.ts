import { setImmediate as nextTurn } from 'node:timers/promises';
import { defused, defusedCode } from '@image-studio/manifest';
import { writeXlsx } from './write-xlsx.ts';

export type TableFormat = 'csv' | 'tsv' | 'xlsx';

/** How a table is written. */
export interface TableStyle {
  format: TableFormat;
  delimiter: ',' | ';';
  /** Places of columns that hold SKU codes. */
  codes: readonly number[];
  /** Name of the sheet of a workbook. */
  sheet: string;
}

export const MEDIA_TYPES: Record<TableFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const ROWS_AT_ONCE = 100;

/**
 * Rows as a file, in pieces. In CSV and TSV, text that a spreadsheet would run gets an apostrophe in front, as in the manifest; a
 * workbook says itself that its cells are text. Without a byte order mark: shops take it for a part of the first heading.
 */
export function writeTable(
  rows: AsyncIterable<readonly string[]>,
  style: TableStyle,
): AsyncIterable<string | Uint8Array> {
  if (style.format === 'xlsx') return writeXlsx(rows, style.sheet);
  const codes = new Set(style.codes);
  const guard = (text: string, at: number) => (codes.has(at) ? defusedCode(text) : defused(text));
  return style.format === 'csv'
    ? inLines(
        rows,
        (cells) => `${cells.map((text, at) => quoted(guard(text, at))).join(style.delimiter)}\r\n`,
      )
    : inLines(rows, (cells) => `${cells.map((text, at) => plain(guard(text, at))).join('\t')}\n`);
}

async function* inLines(
  rows: AsyncIterable<readonly string[]>,
  lineOf: (cells: readonly string[]) => string,
): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const cells of rows) {
    lines.push(lineOf(cells));
    if (lines.length < ROWS_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
    await nextTurn();
  }
  if (lines.length > 0) yield lines.join('');
}

/** RFC 4180; also what holds another separator, for readers that take that one. */
function quoted(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A cell between tabs: on one line. Quotes are text, except where a reader would take the first one for the begin of a quoted cell. */
function plain(text: string): string {
  const line = text.replace(/[\t\r\n]+/g, ' ');
  return line.startsWith('"') ? `"${line.replaceAll('"', '""')}"` : line;
}
