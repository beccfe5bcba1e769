import { say } from '@image-studio/contract';
import { SaxesParser } from 'saxes';
import type { Note } from '../table.ts';
import { MAX_COLUMNS } from '../table.ts';

/** Elements that are a product each: RSS, Atom, and what other feeds call them. */
const ITEMS = new Set(['item', 'entry', 'product', 'offer', 'shopitem', 'artikel', 'producto', 'produit']);
/** Elements whose own elements say nothing without them: the `price` of `shipping` is not the product's. */
const GROUPS =
  /^(shipping|tax|installment|subscription_cost|loyalty_\w+|product_detail|certification|variant|variants)$/i;
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
export interface FeedItem {
  line: number;
  fields: [name: string, text: string][];
}

/** Reads a product feed piece by piece; `take` is given each product when its element ends. */
export interface FeedParser {
  write(text: string): void;
  /** What was not well-formed first, if anything. */
  close(): Note | undefined;
}

export function createFeedParser(take: (item: FeedItem) => void): FeedParser {
  const parser = new SaxesParser({ fragment: false });
  Object.assign(parser.ENTITIES, ENTITIES);
  const open: { name: string; text: string; hasChildren: boolean }[] = [];
  let item: FeedItem | undefined;
  let itemDepth = 0;
  let fault: Note | undefined;

  parser.on('error', (error) => {
    fault ??= { path: `line ${parser.line}`, ...say`is not well-formed XML: ${reasonOf(error)}` };
  });
  parser.on('opentag', ({ name, attributes }) => {
    const local = localName(name);
    const parent = open.at(-1);
    if (parent) parent.hasChildren = true;
    open.push({ name: local, text: '', hasChildren: false });
    if (item === undefined) {
      if (!ITEMS.has(local.toLowerCase()) && !isOfferOf(local, parent?.name)) return;
      item = { line: parser.line, fields: [] };
      itemDepth = open.length;
      for (const key of ['id', 'sku', 'code']) addField(item, key, attributeValue(attributes, key));
    } else if (parent?.name === 'imgs') {
      addField(item, local === 'main' ? 'main_image' : 'image', attributeValue(attributes, 'url'));
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
      take(item);
      item = undefined;
    } else if (!element.hasChildren) {
      const group = open.length > itemDepth ? (open.at(-1)?.name ?? '') : '';
      addField(item, GROUPS.test(group) ? `${group} ${element.name}` : element.name, element.text.trim());
    }
  });

  return {
    write: (text) => void parser.write(text),
    close() {
      parser.close();
      return fault;
    },
  };
}

/** Ceneo's feeds: `<offers><o id="…"><imgs><main url="…"/><i url="…"/></imgs></o></offers>`. */
function isOfferOf(local: string, parent: string | undefined): boolean {
  return local === 'o' && (parent === 'offers' || parent === 'group');
}

/** `<?xml version="1.0" encoding="ISO-8859-1"?>`; a mark of UTF-16 counts more. */
export function declaredEncoding(bytes: Buffer): string | undefined {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return undefined;
  const declared = /^[^<]{0,3}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    bytes.subarray(0, 300).toString('latin1'),
  )?.[1];
  return declared === undefined || /^utf-?8$/i.test(declared) ? undefined : declared;
}

function addField(item: FeedItem, name: string, text: string): void {
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
