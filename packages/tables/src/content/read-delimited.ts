import { say } from '@image-studio/contract';
import type { Note, Row } from '../table.ts';
import { MAX_COLUMNS } from '../table.ts';
import { TableError, tooManyColumns } from '../table-error.ts';
import { createPacer } from './pacer.ts';

/** A row may hold so many characters; more is a quote that swallowed the rest, or no table. */
const MAX_ROW_CHARS = 1024 * 1024;
/** Looking for closing quotes that are not there may cost so many characters, all cells together. */
const MAX_FAILED_CHARS = 64 * 1024 * 1024;

/**
 * Splits text into rows as RFC 4180 says, and as spreadsheets and shops really write: line breaks of every kind, and
 * quotes that quote nothing. A cell is quoted when it begins with a quote and the quote is closed right before a
 * delimiter or the end of the line; any other quote is text (`10" pan`, `"Best" mug`).
 *
 * Throws `TableError` for a row of more than a million characters, or of too many cells, unless it `isSample`. The event
 * loop turns in between.
 */
export async function readDelimited(
  text: string,
  delimiter: string,
  isSample = false,
): Promise<{ rows: Row[]; notes: Note[] }> {
  const rows: Row[] = [];
  const notes: Note[] = [];
  const pace = createPacer();
  const cells = new CellReader(text, delimiter);
  let number = 0;
  while (!cells.atEnd) {
    number += 1;
    const row = readRow(cells, number, isSample);
    if (row.cells.length > 0) rows.push(row);
    if ((number & 63) === 0) await pace();
  }
  const { strayQuote } = cells;
  if (strayQuote !== null) {
    const said = say`begins a cell with a quote that nothing closes; the quote was taken as text`;
    notes.push({ path: `line ${strayQuote}`, ...said });
  }
  return { rows, notes };
}

function readRow(reader: CellReader, number: number, isSample: boolean): Row {
  const { line } = reader;
  const start = reader.at;
  const cells: string[] = [];
  let count = 0;
  let filled = 0;
  for (;;) {
    const { text, isLast } = reader.next();
    if (reader.at - start > MAX_ROW_CHARS) throw tooLong(line);
    count += 1;
    if (count <= MAX_COLUMNS) cells.push(text);
    if (text.trim() !== '') filled = count;
    if (isLast) break;
  }
  if (filled > MAX_COLUMNS && !isSample) throw tooManyColumns(line, filled, MAX_COLUMNS);
  cells.length = Math.min(filled, MAX_COLUMNS);
  return { number, line, cells };
}

function tooLong(line: number): TableError {
  const said = say`holds more than ${MAX_ROW_CHARS} characters; is a quote never closed?`;
  return new TableError('MALFORMED_TABLE', `The table cannot be read: line ${line} ${said.message}`, [
    { path: `line ${line}`, ...said },
  ]);
}

/** Walks through the text cell by cell. */
class CellReader {
  at = 0;
  line = 1;
  /** Line of the first quote that begins a cell and is never closed. */
  strayQuote: number | null = null;
  private readonly text: string;
  private readonly delimiter: string;
  private readonly delimiterCode: number;
  private failedChars = 0;

  constructor(text: string, delimiter: string) {
    this.text = text;
    this.delimiter = delimiter;
    this.delimiterCode = delimiter.charCodeAt(0);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next cell, and whether its row ends with it. */
  next(): { text: string; isLast: boolean } {
    const start = this.at;
    let open = start;
    while (this.text.charCodeAt(open) === 32) open += 1;
    const quoted = this.text.charCodeAt(open) === 34 ? this.quotedEnd(open) : -1;
    if (quoted < 0) {
      const end = this.plainEnd(start);
      const cell = this.text.slice(start, end);
      return { text: cell, isLast: this.leave(end) };
    }
    const raw = this.text.slice(open + 1, quoted);
    const cell = raw.includes('"') ? raw.replaceAll('""', '"') : raw;
    this.countLines(raw);
    let after = quoted + 1;
    while (this.text.charCodeAt(after) === 32) after += 1;
    return { text: cell, isLast: this.leave(after) };
  }

  /** Where the quote that opens at `open` is closed; -1 when it is no quoting at all. */
  private quotedEnd(open: number): number {
    const limit = Math.min(this.text.length, open + MAX_ROW_CHARS);
    if (this.failedChars > MAX_FAILED_CHARS) return -1;
    let close = open;
    for (;;) {
      close = this.text.indexOf('"', close + 1);
      if (close < 0 || close > limit) {
        this.strayQuote ??= this.line;
        return this.failed((close < 0 ? this.text.length : limit) - open);
      }
      if (this.text.charCodeAt(close + 1) === 34) {
        close += 1;
        continue;
      }
      let after = close + 1;
      while (this.text.charCodeAt(after) === 32) after += 1;
      const code = this.text.charCodeAt(after);
      const closes = after >= this.text.length || code === this.delimiterCode || code === 10 || code === 13;
      if (!closes || this.swallows(open, close)) return this.failed(close - open);
      return close;
    }
  }

  /** In text between tabs a quote is seldom a quote: one that would take cells of several lines with it is not. */
  private swallows(open: number, close: number): boolean {
    if (this.delimiter !== '\t') return false;
    const inside = this.text.slice(open, close);
    return inside.includes('\t') && /[\r\n]/.test(inside);
  }

  private failed(chars: number): -1 {
    this.failedChars += chars;
    return -1;
  }

  private plainEnd(start: number): number {
    const { text, delimiterCode } = this;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === delimiterCode || code === 10 || code === 13) break;
    }
    return end;
  }

  /** Steps over what ends a cell at `end`; whether that was the end of the row. */
  private leave(end: number): boolean {
    const code = this.text.charCodeAt(end);
    if (code === this.delimiterCode) {
      this.at = end + 1;
      return false;
    }
    this.at = code === 13 && this.text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
    this.line += 1;
    return true;
  }

  private countLines(raw: string): void {
    if (!/[\r\n]/.test(raw)) return;
    this.line += raw.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
}
