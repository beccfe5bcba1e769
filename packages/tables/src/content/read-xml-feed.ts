import { say } from '@image-studio/contract';
import type { Note, Row, Table } from '../table.ts';
import { MAX_COLUMNS } from '../table.ts';
import { TableError, tooManyColumns } from '../table-error.ts';
import { decodeText } from './decode-text.ts';
import { createFeedParser, declaredEncoding, type FeedItem } from './feed-parser.ts';
import { createPacer } from './pacer.ts';

const SLICE_CHARS = 64 * 1024;

/**
 * Reads a product feed: every `<item>` (RSS), `<entry>` (Atom), `<product>` or `<offer>` is a row, every element in it
 * that holds text a cell, headed by its name without the prefix. Elements that come again (`g:additional_image_link`)
 * get a column each. What is not well-formed is read on as far as it makes sense, and noted; throws `TableError` when
 * there is no product in it.
 */
export async function readXmlFeed(bytes: Buffer, encoding?: string): Promise<Table> {
  const { text, notes, ...decoded } = decodeText(bytes, encoding ?? declaredEncoding(bytes));
  let { items, fault } = await parse(text);
  const plain = fault === undefined ? text : await escapeAmpersands(text);
  if (plain !== text) {
    ({ items, fault } = await parse(plain));
    notes.push({ path: 'body', ...say`is not well-formed XML: it holds “&” where “&amp;” should stand` });
  }
  if (fault !== undefined) notes.push(fault);
  if (items.length === 0) {
    const reason = fault === undefined ? '' : ` (${fault.path} ${fault.message})`;
    throw new TableError(
      'MALFORMED_TABLE',
      `The XML holds no product: there is no <item>, <entry>, <product> or <offer> in it${reason}.`,
    );
  }
  return { format: 'xml', rows: await toRows(items), headed: true, encoding: decoded.encoding, notes };
}

async function parse(text: string): Promise<{ items: FeedItem[]; fault: Note | undefined }> {
  const items: FeedItem[] = [];
  const parser = createFeedParser((item) => void items.push(item));
  const pace = createPacer();
  for (let start = 0; start < text.length; start += SLICE_CHARS) {
    parser.write(text.slice(start, start + SLICE_CHARS));
    await pace();
  }
  return { fault: parser.close(), items };
}

/** `&` that begins no entity, outside of CDATA: the commonest fault of feeds, in the addresses of photos. */
async function escapeAmpersands(text: string): Promise<string> {
  const entity = /&(#\d+|#x[\da-f]+|[a-z]\w*);/iy;
  const pace = createPacer();
  const parts: string[] = [];
  let done = 0;
  let cdata = sectionFrom(text, 0);
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    while (cdata.end < at) cdata = sectionFrom(text, cdata.end);
    entity.lastIndex = at;
    if (cdata.start < at || entity.test(text)) continue;
    parts.push(text.slice(done, at), '&amp;');
    done = at + 1;
    await pace();
  }
  parts.push(text.slice(done));
  return parts.join('');
}

/** The next CDATA section; behind the text where there is none. */
function sectionFrom(text: string, from: number): { start: number; end: number } {
  const start = text.indexOf('<![CDATA[', from);
  const end = start < 0 ? -1 : text.indexOf(']]>', start);
  return { start: start < 0 ? text.length : start, end: end < 0 ? text.length : end };
}

/** A column for each name, as often as one product repeats it. */
async function toRows(items: readonly FeedItem[]): Promise<Row[]> {
  const most = new Map<string, number>();
  const pace = createPacer();
  for (const { fields } of items) {
    const times = new Map<string, number>();
    for (const [name] of fields) times.set(name, (times.get(name) ?? 0) + 1);
    for (const [name, count] of times) most.set(name, Math.max(most.get(name) ?? 0, count));
    await pace();
  }
  const headings = [...most].flatMap(([name, count]) => new Array<string>(count).fill(name));
  if (headings.length > MAX_COLUMNS) throw tooManyColumns(items[0]?.line ?? 1, headings.length, MAX_COLUMNS);
  const first = new Map<string, number>();
  headings.forEach((name, at) => {
    if (!first.has(name)) first.set(name, at);
  });
  const rows: Row[] = [{ number: 1, line: items[0]?.line ?? 1, cells: headings }];
  for (const [at, { line, fields }] of items.entries()) {
    const cells: string[] = [];
    const times = new Map<string, number>();
    for (const [name, text] of fields) {
      const nth = times.get(name) ?? 0;
      times.set(name, nth + 1);
      cells[(first.get(name) ?? 0) + nth] = text;
    }
    rows.push({ number: at + 2, line, cells: Array.from(cells, (cell) => cell ?? '') });
    await pace();
  }
  return rows;
}
