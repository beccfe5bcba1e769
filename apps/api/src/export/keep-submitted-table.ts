import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { type ObjectStore, tableKey } from '@image-studio/storage';
import type { KeptHead, KeptRow, KeptTable } from '@image-studio/tables';

/** A store that hangs must not hold a submission up. */
const PATIENCE_MS = 10_000;
const LINES_AT_ONCE = 200;

/** Keeps the table of a batch beside it: a line for its head, a line for each row, packed. A tenth of the table. */
export async function keepSubmittedTable(
  store: Pick<ObjectStore, 'putStream'>,
  batchId: string,
  { rows, ...head }: KeptTable,
): Promise<void> {
  await keepLines(store, batchId, linesOf(head, rows));
}

/** The same for lines that come as they are made. */
async function keepLines(
  store: Pick<ObjectStore, 'putStream'>,
  batchId: string,
  lines: AsyncIterable<string>,
): Promise<void> {
  const packed = Readable.from(lines, { objectMode: false }).pipe(createGzip({ level: 1 }));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await store.putStream(tableKey(batchId), packed, { contentType: 'application/gzip', signal });
}

async function* linesOf(head: KeptHead, rows: readonly KeptRow[]): AsyncGenerator<string> {
  yield `${JSON.stringify({ version: 1, ...head })}\n`;
  for (let at = 0; at < rows.length; at += LINES_AT_ONCE) {
    const lines = rows.slice(at, at + LINES_AT_ONCE).map(lineOf);
    yield lines.join('');
    await nextTurn();
  }
}

/** `[product, code, ...cells]`. */
function lineOf({ product, code, cells }: KeptRow): string {
  return `${JSON.stringify([product ?? null, code ?? null, ...cells])}\n`;
}
