import { say } from '@image-studio/contract';
import type { Row, Table } from '../table.ts';
import { MAX_COLUMNS } from '../table.ts';
import { TableError, tooManyColumns } from '../table-error.ts';
import { paddedNumbers } from './padded-numbers.ts';
import { photoLinks } from './photo-links.ts';
import { readSheetInThread } from './read-sheet-in-thread.ts';
import { unzipEntry, unzippedSize, zipEntryNames } from './zip-entries.ts';

/** Everything in a workbook, unpacked. 10,000 rows of 20 columns take 9 MB; a workbook of 20 MB could hold 20 GB. */
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;
const MAX_LIST_BYTES = 1024 * 1024;

const PICTURE = /^xl\/media\/.+\.(png|jpe?g|gif|webp|bmp|tiff?|emf|wmf)$/i;
/** Sheets of marketplace templates that hold the products, in their languages; all others explain. */
const TEMPLATE_SHEET =
  /^(template|vorlage|plantilla|mod[eè]le|modello|sjabloon|szablon|mall|テンプレート|模板|products?|produkte|product content and site exp)$/i;

/**
 * Reads one sheet of an Excel workbook: the one called `sheet` (or with that number, from 1), else one that is named as
 * templates name it, else the first. Numbers come as they are stored, in full, whatever they look like in Excel; with the zeros in
 * front that their format adds. Throws
 * `TableError` for what cannot be opened and for a sheet that is not there.
 */
export async function readXlsx(bytes: Buffer, sheet?: string): Promise<Table> {
  const size = await unzippedSize(bytes, /\.(xml|rels)$/, MAX_UNPACKED_BYTES);
  if (size > MAX_UNPACKED_BYTES) {
    throw new TableError(
      'INVALID_TABLE',
      `The workbook takes more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB when it is unpacked; send the sheet as CSV.`,
    );
  }
  const names = await sheetNames(bytes);
  const chosen = chooseSheet(names, sheet);
  const rows = await toRows(bytes, chosen);
  const others = names.filter((_, at) => at !== chosen);
  const path = `sheet ${JSON.stringify(names[chosen] ?? '')}`;
  const list = others.slice(0, 5).map((name) => JSON.stringify(name));
  const named = `${list.join(', ')}${others.length > 5 ? ', …' : ''}`;
  const said = say`was read; the workbook also has ${named}`;
  const notes = others.length > 0 && sheet === undefined ? [{ path, ...said }] : [];
  const pictures = (zipEntryNames(bytes) ?? []).filter((name) => PICTURE.test(name)).length;
  return { format: 'xlsx', rows, headed: false, sheets: names, pictures, notes };
}

async function toRows(bytes: Buffer, sheet: number): Promise<Row[]> {
  const rows: Row[] = [];
  const show = await paddedNumbers(bytes, sheet, MAX_UNPACKED_BYTES);
  const linkOf = await photoLinks(bytes, sheet, MAX_UNPACKED_BYTES);
  let number = 0;
  for await (const chunk of readSheetInThread(bytes, sheet)) {
    for (const stored of chunk) {
      const place = number;
      const shown = show === null ? stored : stored.map((cell, at) => show(place, at, cell));
      const cells =
        linkOf === null
          ? shown
          : shown.map((cell, at) => (isAddress(cell) ? cell : (linkOf(place, at) ?? cell)));
      number += 1;
      const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
      if (filled > MAX_COLUMNS) throw tooManyColumns(number, filled, MAX_COLUMNS);
      if (filled > 0) rows.push({ number, line: number, cells: cells.slice(0, filled) });
    }
  }
  return rows;
}

const isAddress = (cell: string): boolean => /^https?:/i.test(cell.trim());

/** In the order of the workbook. A name is not needed to read the first sheet, so none is better than an error. */
async function sheetNames(bytes: Buffer): Promise<string[]> {
  const list = await unzipEntry(bytes, 'xl/workbook.xml', MAX_LIST_BYTES);
  const tags = list?.toString('utf8').matchAll(/<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"/g) ?? [];
  return [...tags].map(([, name]) => unescapeXml(name ?? ''));
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => named[name] ?? '');
}

function chooseSheet(names: readonly string[], wanted: string | undefined): number {
  if (wanted === undefined)
    return Math.max(
      0,
      names.findIndex((name) => TEMPLATE_SHEET.test(name.trim())),
    );
  const byName = names.findIndex((name) => name.trim().toLowerCase() === wanted.trim().toLowerCase());
  const found = byName >= 0 ? byName : /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  if (found >= 0 && found < Math.max(1, names.length)) return found;
  const list = names.map((name) => JSON.stringify(name)).join(', ');
  const said = say`is ${JSON.stringify(wanted.slice(0, 100))}; the workbook has ${list}`;
  throw new TableError('INVALID_TABLE', `sheet ${said.message}.`, [{ path: 'sheet', ...said }]);
}
