import { createGunzip } from 'node:zlib';
import { type ObjectStore, tableKey } from '@image-studio/storage';
import { DIALECTS, type KeptHead, type KeptRow } from '@image-studio/tables';
import { z } from 'zod';

const Head = z.object({
  version: z.literal(1),
  dialect: z.enum(DIALECTS),
  format: z.enum(['csv', 'tsv', 'xlsx', 'xml']),
  above: z.array(z.array(z.string())),
  headingsAt: z.int(),
  headings: z.array(z.string()),
  uses: z.record(z.string(), z.array(z.int())),
});
const Line = z.tuple([z.int().nullable(), z.string().nullable()], z.string());

/** What a batch was submitted as, where it was a table and is kept. */
export interface StoredTable {
  head: KeptHead;
  /** From the beginning, each time. */
  rows(): AsyncGenerator<KeptRow>;
}

/** `null` for batches of JSON, and of versions that did not keep tables. */
export async function readKeptTable(
  store: Pick<ObjectStore, 'stream'>,
  batchId: string,
): Promise<StoredTable | null> {
  const lines = linesOf(store, batchId);
  const first = await lines.next();
  await lines.return(undefined);
  if (first.done) return null;
  const { version: _, ...head } = Head.parse(JSON.parse(first.value));
  return { head, rows: () => rowsOf(linesOf(store, batchId)) };
}

async function* rowsOf(lines: AsyncGenerator<string>): AsyncGenerator<KeptRow> {
  let isHead = true;
  for await (const line of lines) {
    if (!isHead) {
      const [product, code, ...cells] = Line.parse(JSON.parse(line));
      yield { cells, ...(product !== null && { product }), ...(code !== null && { code }) };
    }
    isHead = false;
  }
}

async function* linesOf(store: Pick<ObjectStore, 'stream'>, batchId: string): AsyncGenerator<string> {
  const found = await store.stream(tableKey(batchId));
  if (found === null) return;
  const text = createGunzip();
  found.body.on('error', (error) => text.destroy(error)).pipe(text);
  try {
    let rest = '';
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    text.destroy();
    found.body.destroy();
  }
}
