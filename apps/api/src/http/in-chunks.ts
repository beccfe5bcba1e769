import { setImmediate as nextTurn } from 'node:timers/promises';

/** Elements handled between two turns of the event loop: about 2 ms of parsing SKUs. */
export const CHUNK_ITEMS = 200;

/** Hands out a long list in pieces and lets the event loop turn between them. */
export async function* inChunks<T>(items: readonly T[], size = CHUNK_ITEMS): AsyncGenerator<T[]> {
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size);
    await nextTurn();
  }
}
