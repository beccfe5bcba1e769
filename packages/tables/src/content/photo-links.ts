import { columnAt, sheetPath } from './sheet-parts.ts';
import { unzipEntry } from './zip-entries.ts';

const MAX_LINKS_BYTES = 16 * 1024 * 1024;
const PHOTO =
  /^https?:\/\/(\S+\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)([?#]\S*)?$|(drive\.google\.com|(www\.)?dropbox\.com|1drv\.ms|[\w-]+\.sharepoint\.com)\/)/i;

/** The photo that a cell (`row`, `column`: from 0) is linked to; `undefined`: none. */
export type PhotoLinkOf = (row: number, column: number) => string | undefined;

/**
 * Cells that show a word and lead to a photo ("photo", "click here"). Links to anything else are left: a name linked to its page
 * stays a name. `null` when the sheet (by its place, from 0) has no links, which costs a look into the workbook's list of files.
 */
export async function photoLinks(
  bytes: Buffer,
  sheet: number,
  maxBytes: number,
): Promise<PhotoLinkOf | null> {
  const path = await sheetPath(bytes, sheet);
  if (path === undefined) return null;
  const list = await unzipEntry(bytes, path.replace(/([^/]+)$/, '_rels/$1.rels'), MAX_LINKS_BYTES);
  const targets = new Map<string, string>();
  for (const [tag] of list?.toString('utf8').matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g) ?? []) {
    const target = unescaped(/\sTarget="([^"]+)"/.exec(tag)?.[1] ?? '');
    if (PHOTO.test(target)) targets.set(/\sId="([^"]+)"/.exec(tag)?.[1] ?? '', target);
  }
  const xml = targets.size === 0 ? null : await unzipEntry(bytes, path, maxBytes);
  if (xml === null) return null;
  const links = new Map<string, string>();
  // They stand together, behind all rows.
  const behind = xml.subarray(Math.max(0, xml.lastIndexOf('sheetData>'))).toString('latin1');
  for (const [tag] of behind.matchAll(/<(?:\w+:)?hyperlink\s[^>]{1,2000}>/g)) {
    const target = targets.get(/\s\w+:id="([^"]+)"/.exec(tag)?.[1] ?? '');
    const [, letters = '', row = ''] = /\sref="([A-Z]{1,3})(\d{1,7})"/.exec(tag) ?? [];
    if (target !== undefined && letters !== '') links.set(`${Number(row) - 1} ${columnAt(letters)}`, target);
  }
  return (row, column) => links.get(`${row} ${column}`);
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&');
}
