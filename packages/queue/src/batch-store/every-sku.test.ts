import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import { BatchGone } from './batch-state.ts';

let studio: QueueFixture;
beforeAll(async () => {
  studio = await startQueueFixture();
});
afterAll(() => studio.close());

async function codes(skus: AsyncIterable<{ input: { sku: string } }>): Promise<string[]> {
  const read: string[] = [];
  for await (const { input } of skus) read.push(input.sku);
  return read;
}

test('reads every SKU once, in the order of submission, and only those that a filter finds', async () => {
  const all = Array.from({ length: 47 }, (_, n) => `S${n}`);
  const { id } = await studio.submit(all);
  expect(await codes(studio.api.everySku(id))).toEqual(all);
  expect(await codes(studio.api.everySku(id, { q: 's4' }))).toEqual(all.filter((code) => /^S4/.test(code)));
  expect(await codes(studio.api.everySku(id, { state: 'failed' }))).toEqual([]);
  await studio.api.cancel(id);
});

test('fails when its batch is deleted in the middle: half of it is not the whole', async () => {
  const { id } = await studio.submit(Array.from({ length: 47 }, (_, n) => `S${n}`));
  await studio.api.cancel(id);
  const skus = studio.api.everySku(id)[Symbol.asyncIterator]();
  await skus.next();
  await studio.api.delete(id);
  const rest = (async () => {
    while (!(await skus.next()).done);
  })();
  await expect(rest).rejects.toThrow(BatchGone);
});
