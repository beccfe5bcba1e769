import { say } from '@image-studio/contract';
import { isCodeHeading, isKnownHeading, isPhotoHeading } from '../dialects/known-headings.ts';
import { plainHeading } from '../dialects/plain-heading.ts';
import type { Note, Row, Table } from '../table.ts';

export interface Header {
  row: Row;
  /** Rows before this place in the table are headings, titles and remarks. */
  dataAt: number;
  notes: Note[];
  /** The table has no headings: they were made up, and the first row is data. */
  invented?: boolean;
}

/** Title rows, remarks and headings stand within so many rows of a table's begin. */
const MOST_ROWS_BEFORE = 40;
/** Rows of headings that follow one another: names, labels, groups. */
const MOST_HEADINGS = 5;

/**
 * Finds the row with the headings: where a template's settings say it is (`attributeRow=3&dataRow=4`), else the first that
 * names a code and a photo, else the first that names anything known, or `wanted`. Rows before it (titles, `sep=;`, `#INFO`)
 * and further rows of headings below it are no data. `null` for an empty table.
 */
export function findHeader(table: Table, wanted: readonly string[] = []): Header | null {
  const { rows } = table;
  const first = rows[0];
  if (first === undefined) return null;
  if (table.headed) return { row: first, dataAt: 1, notes: [] };
  return bySettings(rows) ?? byHeadings(rows, wanted) ?? withoutHeadings(rows);
}

/** Amazon's templates: `settings=attributeRow=3&contentLanguageTag=en_US&dataRow=4&…` in the first row. */
function bySettings(rows: readonly Row[]): Header | null {
  const settings = rows[0]?.cells.find((cell) => /attributeRow=\d/.test(cell)) ?? '';
  const attributeRow = Number(/attributeRow=(\d+)/.exec(settings)?.[1]);
  const dataRow = Number(/dataRow=(\d+)/.exec(settings)?.[1] ?? attributeRow + 1);
  const row = rows.find(({ number }) => number === attributeRow);
  if (row === undefined || !row.cells.some(isKnownHeading)) return null;
  const dataAt = rows.findIndex(({ number }) => number >= dataRow);
  return { row, dataAt: dataAt < 0 ? rows.length : dataAt, notes: [] };
}

function byHeadings(rows: readonly Row[], wanted: readonly string[]): Header | null {
  const start = rows.slice(0, MOST_ROWS_BEFORE);
  const names = wanted.map(plainHeading);
  const isWanted = ({ cells }: Row) =>
    names.length > 0 && names.every((name) => cells.some((cell) => plainHeading(cell) === name));
  const isWhole = (row: Row) =>
    !isRemark(row) && row.cells.some(isCodeHeading) && row.cells.some(isPhotoHeading);
  const isPart = (row: Row) =>
    !isRemark(row) && row.cells.length > 1 && row.cells.some(isKnownHeading) && !holdsAddress(row);
  const at =
    [isWanted, isWhole, isPart].map((test) => start.findIndex(test)).find((place) => place >= 0) ?? -1;
  if (at < 0) return null;
  let best = at;
  let dataAt = at + 1;
  for (; dataAt < Math.min(rows.length, at + MOST_HEADINGS); dataAt++) {
    const row = rows[dataAt] as Row;
    if (!isWhole(row) || holdsAddress(row)) break;
    if (knownCount(row) > knownCount(rows[best] as Row) || isMachineNamed(row)) best = dataAt;
  }
  const row = rows[best] as Row;
  const titles = start.slice(0, at).filter((one) => !isRemark(one));
  const notes = titles.slice(0, 3).map(({ line, cells }) => ({
    path: `line ${line}`,
    ...say`stands above the headings and was left out: ${JSON.stringify(cells.join(' ').trim().slice(0, 80))}`,
  }));
  return { row, dataAt, notes };
}

/** `item_sku` rather than `Seller SKU`: the names that a shop's own programs read. */
function isMachineNamed({ cells }: Row): boolean {
  return cells.some((cell) => /^[a-z]+(_[a-z0-9]+)+(\[|#|$)/.test(cell) && isCodeHeading(cell));
}

const knownCount = ({ cells }: Row): number => cells.filter(isKnownHeading).length;

/**
 * `sep=;`, eBay's `#INFO,Version=0.0.2` and `Info,Version=1.0.0,…`, Amazon's `TemplateType=Offer`, Meta's
 * `# Required | A unique content ID…`.
 */
function isRemark({ cells }: Row): boolean {
  const first = cells[0] ?? '';
  return (
    /^("?sep=|#\s?info\b|TemplateType=|#\s?(required|optional)\s?\|)/i.test(first) ||
    (/^info$/i.test(first) && cells.length > 1)
  );
}

/** A table whose first row is data: columns are named by their place. */
function withoutHeadings(rows: readonly Row[]): Header | null {
  const at = rows.findIndex((row) => !isRemark(row) && row.cells.length > 1);
  const row = rows[at] ?? rows[0];
  if (row === undefined) return null;
  if (!holdsAddress(row)) return { row, dataAt: Math.max(0, at) + 1, notes: [] };
  const width = Math.max(...rows.slice(0, MOST_ROWS_BEFORE).map(({ cells }) => cells.length));
  const cells = Array.from({ length: width }, (_, place) => `column ${place + 1}`);
  const said = say`is data: the table has no headings; which column is what was told by what stands in it`;
  const notes = [{ path: `line ${row.line}`, ...said }];
  return { row: { ...row, cells }, dataAt: Math.max(0, at), notes, invented: true };
}

function holdsAddress({ cells }: Row): boolean {
  return cells.some((cell) => /^["']?(https?:)?\/\/\S|^www\.\S/i.test(cell));
}
