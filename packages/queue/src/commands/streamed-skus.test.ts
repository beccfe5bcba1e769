import { BatchOptions, type SkuInput } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

async function* chunks(sizes: number[], fault?: Error): AsyncGenerator<SkuInput[]> {
  let next = 0;
  for (const size of sizes) {
    yield Array.from({ length: size }, () => {
      next += 1;
      return { sku: `s${next}`, images: [{ url: 'https://x.example/1.jpg' }] };
    });
  }
  if (fault) throw fault;
}
const submit = (count: number, come: AsyncIterable<SkuInput[]>) =>
  studio.api.submit({ tenant: 'default', options: BatchOptions.parse({}), skus: { count, chunks: come } });

test('SKUs that come bit by bit are one batch, in their order', async () => {
  const { batch } = await submit(7, chunks([3, 1, 3]));
  expect(batch.counts.total).toBe(7);
  const { items } = await studio.api.skus(batch.id, { cursor: '0', limit: 10 });
  expect(items.map(({ input }) => input.sku)).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7']);
});

test('when their source breaks off, or brings others than it said, nothing is made and nothing is left', async () => {
  await expect(submit(4, chunks([2], new Error('the line is cut')))).rejects.toThrow('the line is cut');
  await expect(submit(4, chunks([3]))).rejects.toThrow('3 SKUs came of 4');
  await expect(submit(2, chunks([3]))).rejects.toThrow('3 SKUs came of 2');
  expect((await studio.api.batches({ tenant: 'default', limit: 10 })).items).toEqual([]);
  await eventually(async () => expect(await redis.keys('*:input')).toEqual([]), { timeoutMs: 10_000 });
});
