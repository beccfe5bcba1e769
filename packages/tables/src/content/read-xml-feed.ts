import { SaxesParser } from 'saxes';
import type { Note, Row, Table } from '../table.ts';
import { MAX_COLUMNS } from '../table.ts';
import { TableError, tooManyColumns } from '../table-error.ts';
import { decodeText } from './decode-text.ts';
import { createPacer } from './pacer.ts';

/** Elements that are a product each: RSS, Atom, and what other feeds call them. */
const ITEMS = new Set(['item', 'entry', 'product', 'offer', 'shopitem', 'artikel', 'producto', 'produit']);
/** Elements whose own elements say nothing without them: the `price` of `shipping` is not the product's. */
const GROUPS =
  /^(shipping|tax|installment|subscription_cost|loyalty_\w+|product_detail|certification|variant|variants)$/i;
const SLICE_CHARS = 64 * 1024;
/** Of a field; longer ones are cut, as an attribute would be. */
const MAX_FIELD_CHARS = 16_384;
/** What HTML calls letters, and feeds use without declaring it. */
const ENTITIES = {
  nbsp: '\u00a0',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ndash: '–',
  mdash: '—',
  euro: '€',
  hellip: '…',
  copy: '©',
  reg: '®',
  trade: '™',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  deg: '°',
  times: '×',
};

/** A product while its element is open: names and texts of its fields, in order. */
interface Item {
  line: number;
  fields: [name: string, text: string][];
}

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
    notes.push({ path: 'body', message: 'is not well-formed XML: it holds “&” where “&amp;” should stand' });
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

/** `<?xml version="1.0" encoding="ISO-8859-1"?>`; a mark of UTF-16 counts more. */
function declaredEncoding(bytes: Buffer): string | undefined {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return undefined;
  const declared = /^[^<]{0,3}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    bytes.subarray(0, 300).toString('latin1'),
  )?.[1];
  return declared === undefined || /^utf-?8$/i.test(declared) ? undefined : declared;
}

async function parse(text: string): Promise<{ items: Item[]; fault: Note | undefined }> {
  const parser = new SaxesParser({ fragment: false });
  Object.assign(parser.ENTITIES, ENTITIES);
  const items: Item[] = [];
  const open: { name: string; text: string; hasChildren: boolean }[] = [];
  let item: Item | undefined;
  let itemDepth = 0;
  let fault: Note | undefined;

  parser.on('error', (error) => {
    fault ??= { path: `line ${parser.line}`, message: `is not well-formed XML: ${reasonOf(error)}` };
  });
  parser.on('opentag', ({ name, attributes }) => {
    const local = localName(name);
    const parent = open.at(-1);
    if (parent) parent.hasChildren = true;
    open.push({ name: local, text: '', hasChildren: false });
    if (item === undefined) {
      if (!ITEMS.has(local.toLowerCase())) return;
      item = { line: parser.line, fields: [] };
      itemDepth = open.length;
      for (const key of ['id', 'sku', 'code']) addField(item, key, attributeValue(attributes, key));
    } else if (local === 'link' || local === 'enclosure' || /image|picture|photo/i.test(local)) {
      addField(
        item,
        local,
        ['href', 'url', 'src'].map((key) => attributeValue(attributes, key)).find(Boolean) ?? '',
      );
    }
  });
  const onText = (chars: string) => {
    const element = open.at(-1);
    if (item === undefined || element === undefined || open.length === itemDepth) return;
    if (element.text.length < MAX_FIELD_CHARS) element.text += chars;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (item === undefined || element === undefined) return;
    if (open.length < itemDepth) {
      items.push(item);
      item = undefined;
    } else if (!element.hasChildren) {
      const group = open.length > itemDepth ? (open.at(-1)?.name ?? '') : '';
      addField(item, GROUPS.test(group) ? `${group} ${element.name}` : element.name, element.text.trim());
    }
  });

  const pace = createPacer();
  for (let start = 0; start < text.length; start += SLICE_CHARS) {
    parser.write(text.slice(start, start + SLICE_CHARS));
    await pace();
  }
  parser.close();
  return { items, fault };
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

function addField(item: Item, name: string, text: string): void {
  if (text.trim() !== '' && item.fields.length < MAX_COLUMNS) item.fields.push([name, text]);
}

function attributeValue(attributes: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return typeof value === 'string' ? value : '';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** saxes puts `line:column:` before its sentence. */
function reasonOf(error: Error): string {
  return error.message.replace(/^\d+:\d+:\s*/, '').slice(0, 200);
}

/** A column for each name, as often as one product repeats it. */
async function toRows(items: readonly Item[]): Promise<Row[]> {
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
