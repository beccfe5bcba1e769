import { BatchOptions, type LedgerEntry } from '@image-studio/contract';
import { geminiTraits, planBatch } from '@image-studio/planning';
import { createStudioApi, createStudioWorker, type StudioApi, type StudioWorker } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callsOf, planSku, quoteBatch } from './quote-batch.ts';

const quiet = { info() {}, warn() {} };
const sku = { sku: 'MUG-1', images: [{ url: 'https://supplier.example/mug.jpg' }] };
const options = BatchOptions.parse({});

let redis: TestRedis;
let api: StudioApi;
let worker: StudioWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  const common = { redisUrl: redis.url, prefix: 'quotes', log: quiet };
  api = createStudioApi({ ...common, quota: { model: 'any', callsPerMinute: 600 } });
  worker = createStudioWorker({
    ...common,
    version: 'test',
    quota: { callsPerMinute: 600 },
    callTimeoutMs: 10_000,
    skuConcurrency: 1,
    aiConcurrency: 1,
    jobLockMs: 3000,
  });
  await eventually(() => api.queueCounts());
});
afterAll(async () => {
  await worker.close(1000);
  await api.close();
  await redis.stop();
});

const planOf = (scope: string) => planBatch(options, geminiTraits(), scope);

async function buy(scope: string): Promise<void> {
  const { context, sources } = planSku({ options, sku, plan: planOf(scope) });
  for (const source of sources) await worker.sources.remember(source, 'f'.repeat(64));
  const [call] = callsOf(context, ['f'.repeat(64)]);
  const entry: LedgerEntry = {
    key: 'ai/x',
    mime: 'image/png',
    model: 'm',
    costUsd: 0.04,
    usage: { promptTokens: 1, imageTokens: 1, textTokens: 1 },
    payer: 'b1_0',
    at: new Date().toISOString(),
    ms: 1,
  };
  await worker.ledger.record(call?.callKey ?? '', entry);
}

test('a quote tells a tenant what it has bought itself, and nothing of what others have', async () => {
  const reusedBy = async (tenant: string, scope = tenant) =>
    (await quoteBatch(api, { tenant, plan: planOf(scope) }, options, [sku])).reused;
  await buy('acme');
  expect(await reusedBy('acme')).toBe(1);
  expect(await reusedBy('beta')).toBe(0);
  expect(await reusedBy('default', '')).toBe(0);
  // Not even whether somebody has fetched the photo: two SKUs with it are one call only for who knows it.
  const twice = [sku, { ...sku, sku: 'MUG-2' }];
  const quoted = async (tenant: string) =>
    (await quoteBatch(api, { tenant, plan: planOf(tenant) }, options, twice)).reused;
  expect(await quoted('acme')).toBe(2);
  expect(await quoted('beta')).toBe(0);
});

test('tenants of one company that share their ledger share its pictures', async () => {
  await buy('');
  const plan = planOf('');
  for (const tenant of ['acme', 'beta'])
    expect((await quoteBatch(api, { tenant, plan }, options, [sku])).reused).toBe(1);
});
