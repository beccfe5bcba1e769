import { unzipEntry } from './zip-entries.ts';

const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** The workbook lists sheets by relation, and the relations say where each lies. */
export async function sheetPath(bytes: Buffer, sheet: number): Promise<string | undefined> {
  const text = async (name: string) =>
    (await unzipEntry(bytes, name, MAX_LIST_BYTES))?.toString('utf8') ?? '';
  const tags = [...(await text('xl/workbook.xml')).matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)];
  const id = /\s\w+:id="([^"]+)"/.exec(tags[sheet]?.[0] ?? '')?.[1];
  for (const [tag] of (await text('xl/_rels/workbook.xml.rels')).matchAll(
    /<(?:\w+:)?Relationship\s[^>]*>/g,
  )) {
    if (id === undefined || /\sId="([^"]+)"/.exec(tag)?.[1] !== id) continue;
    const target = /\sTarget="([^"]+)"/.exec(tag)?.[1];
    return target?.startsWith('/') ? target.slice(1) : `xl/${target}`;
  }
  return undefined;
}

/** A → 0, AA → 26. */
export function columnAt(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
