import { columnAt, sheetPath } from './sheet-parts.ts';
import { unzipEntry } from './zip-entries.ts';

const MAX_STYLES_BYTES = 4 * 1024 * 1024;

/** Shows a number that is stored in a cell (`row`, `column`: from 0) as its format pads it: `123` as `00123`. */
export type ShowPadded = (row: number, column: number, text: string) => string;

/**
 * Cells whose number format is nothing but zeros (`00000`, as people format codes): what is stored has lost the zeros that Excel
 * shows. `null` when the sheet (by its place, from 0) has none, which costs a look at the styles.
 */
export async function paddedNumbers(
  bytes: Buffer,
  sheet: number,
  maxBytes: number,
): Promise<ShowPadded | null> {
  const styles = (await unzipEntry(bytes, 'xl/styles.xml', MAX_STYLES_BYTES))?.toString('utf8');
  const digitsOf = styles === undefined ? new Map<number, number>() : paddedStyles(styles);
  if (digitsOf.size === 0) return null;
  const path = await sheetPath(bytes, sheet);
  const xml = path === undefined ? null : await unzipEntry(bytes, path, maxBytes);
  if (xml === null) return null;
  const padded = new Map<string, number>();
  for (const [tag] of xml.toString('latin1').matchAll(/<(?:\w+:)?c\s[^>]{1,200}>/g)) {
    const digits = digitsOf.get(Number(/\ss="(\d+)"/.exec(tag)?.[1]));
    const [, letters = '', row = ''] = /\sr="([A-Z]{1,3})(\d{1,7})"/.exec(tag) ?? [];
    if (digits !== undefined && letters !== '') padded.set(`${Number(row) - 1} ${columnAt(letters)}`, digits);
  }
  return (row, column, text) => {
    const digits = padded.get(`${row} ${column}`);
    return digits !== undefined && /^\d+$/.test(text) ? text.padStart(digits, '0') : text;
  };
}

/** How many digits each style shows at least, by its place among the cell formats. */
function paddedStyles(styles: string): Map<number, number> {
  const formats = new Map<string, number>();
  for (const [tag] of styles.matchAll(/<(?:\w+:)?numFmt\s[^>]*>/g)) {
    const id = /numFmtId="(\d+)"/.exec(tag)?.[1];
    const code = /formatCode="(0{2,32})(?:;@)?"/.exec(tag)?.[1];
    if (id !== undefined && code !== undefined) formats.set(id, code.length);
  }
  const cells = /<(?:\w+:)?cellXfs[\s>][\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(styles)?.[0] ?? '';
  const digits = new Map<number, number>();
  for (const [at, [tag]] of [...cells.matchAll(/<(?:\w+:)?xf\s[^>]*>/g)].entries()) {
    const count = formats.get(/numFmtId="(\d+)"/.exec(tag)?.[1] ?? '');
    if (count !== undefined) digits.set(at, count);
  }
  return digits;
}
