import type { SkuInput } from '@image-studio/contract';
import { say } from '@image-studio/contract';
import { createFeedParser, declaredEncoding, type FeedItem } from './content/feed-parser.ts';
import { createPacer } from './content/pacer.ts';
import { dialectOf } from './dialects/all-dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { recognise } from './dialects/recognise.ts';
import { gatherProducts } from './reading/gather-products.ts';
import { type ResolvedColumns, resolveColumns } from './reading/resolve-columns.ts';
import { createRowNotes, type TableWarning } from './reading/row-notes.ts';
import { toSkus } from './reading/to-skus.ts';
import { TableError } from './table-error.ts';

/** What a feed was, when it has been read to its end. */
export interface FeedReading {
  dialect: Dialect['id'];
  /** Products in it, those that were left out included. */
  items: number;
  /** Attributes of its products. */
  columns: { heading: string; name: string }[];
  warnings: TableWarning[];
}

const SLICE_CHARS = 64 * 1024;
/** Sets of fields that products of one feed have; what is beyond is looked at anew each time. */
const MOST_SHAPES = 1000;
const MOST_COLUMNS = 200;

/**
 * Reads a product feed in XML while it arrives: nothing of it is held but the product that is being read. `take` is given
 * each product as a SKU, in order, and awaited. As `readTable` reads feeds, except that every element is a product of its own.
 * Throws `TableError` when there is no product in it.
 */
export async function readFeed(
  bytes: AsyncIterable<Uint8Array>,
  take: (sku: SkuInput) => Promise<void> | void,
): Promise<FeedReading> {
  const arrived: FeedItem[] = [];
  const parser = createFeedParser((item) => void arrived.push(item));
  const rowNotes = createRowNotes();
  const shapes = new Map<string, ResolvedColumns>();
  const columns = new Map<string, { heading: string; name: string }>();
  const codes = new Set<string>();
  const pace = createPacer();
  let dialect: Dialect | undefined;
  let items = 0;

  async function takeItem({ line, fields }: FeedItem): Promise<void> {
    items += 1;
    const headings = fields.map(([name]) => name);
    dialect ??= recognise(headings);
    const row = { number: items, line, cells: fields.map(([, text]) => text) };
    const shape = headings.join('\n');
    const found = shapes.get(shape) ?? resolveColumns(headings, [row], dialect);
    if (shapes.size < MOST_SHAPES) shapes.set(shape, found);
    for (const { heading, name } of found.columns) {
      if (name !== undefined && columns.size < MOST_COLUMNS) columns.set(name, { heading, name });
    }
    const { products } = await gatherProducts([row], dialect, found, rowNotes, false);
    for (const { sku } of (await toSkus(products, {}, rowNotes)) ?? []) {
      if (codes.has(sku.sku)) {
        const said = say`has the code ${JSON.stringify(sku.sku)} of a product before it; it was left out`;
        rowNotes.add({ kind: 'twice', line, ...said, sku: sku.sku, isFault: true });
        continue;
      }
      // A copy: a part of a string keeps all of it, here the slice of the feed that it came in.
      const code = Buffer.from(sku.sku).toString();
      codes.add(code);
      await take({ ...sku, sku: code });
    }
  }

  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const parse = async (text: string) => {
    for (let at = 0; at < text.length; at += SLICE_CHARS) {
      parser.write(text.slice(at, at + SLICE_CHARS));
      for (const item of arrived.splice(0)) {
        await takeItem(item);
        await pace();
      }
      await pace();
    }
  };
  for await (const chunk of bytes) {
    decoder ??= decoderFor(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    await parse(decoder.decode(chunk, { stream: true }));
  }
  await parse(decoder?.decode() ?? '');
  const fault = parser.close();
  for (const item of arrived.splice(0)) await takeItem(item);
  if (items === 0) {
    const reason = fault === undefined ? '' : ` (${fault.path} ${fault.message})`;
    throw new TableError(
      'MALFORMED_TABLE',
      `The feed holds no product: there is no <item>, <entry>, <product> or <offer> in it${reason}.`,
    );
  }
  return {
    dialect: (dialect ?? dialectOf('generic')).id,
    items,
    columns: [...columns.values()],
    warnings: [...(fault === undefined ? [] : [fault]), ...rowNotes.warnings()],
  };
}

/** By its mark or what its first line declares, which is expected within the first chunk; else UTF-8. */
function decoderFor(first: Buffer): InstanceType<typeof TextDecoder> {
  if (first[0] === 0xff && first[1] === 0xfe) return new TextDecoder('utf-16le');
  if (first[0] === 0xfe && first[1] === 0xff) return new TextDecoder('utf-16be');
  const declared = declaredEncoding(first) ?? 'utf-8';
  try {
    return new TextDecoder(declared);
  } catch {
    throw new TableError(
      'MALFORMED_TABLE',
      `The feed says that it is ${JSON.stringify(declared)}, which is no encoding that is known here.`,
    );
  }
}
