import { readFile } from 'node:fs/promises';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BatchState } from '../batch-store/batch-state.ts';
import { aRecord, type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';
import { connectPatient, disconnect, type Redis } from './connect.ts';

const OPERATIONS = new URL('../../../../docs/operations.md', import.meta.url);

let redis: TestRedis;
let admin: Redis;
let studio: QueueFixture;

beforeEach(async () => {
  redis = await startTestRedis();
  admin = connectPatient(redis.url);
});
afterEach(async () => {
  await studio.close();
  await disconnect(admin);
  await redis.stop();
});

/** Makes the user as the documentation does, but for the test's prefix, and opens the studio as that user. */
async function openAs(change: (rule: string) => string = (rule) => rule): Promise<void> {
  const [, rules = ''] = /^ACL SETUSER studio (.*)$/m.exec(await readFile(OPERATIONS, 'utf8')) ?? [];
  expect(rules).toContain('~studio:*');
  const own = change(rules.replaceAll('studio:*', 'test:*').replace('>PASSWORD', '>secret'));
  await admin.acl('SETUSER', 'studio', ...own.split(' '));
  const redisUrl = redis.url.replace('redis://', 'redis://studio:secret@');
  studio = await startQueueFixture({ redis, server: { redisUrl } });
}

/** What was refused to the user, in words. */
async function refusals(): Promise<string[]> {
  const entries = (await admin.acl('LOG')) as string[][];
  return entries.map((entry) => {
    const field = (name: string) => entry[entry.indexOf(name) + 1];
    return `${field('reason')} ${field('object')} in ${field('client-info')}`;
  });
}

async function until(id: string, isIt: (batch: BatchState) => boolean): Promise<BatchState> {
  return eventually(
    async () => {
      const batch = await studio.api.batch(id);
      if (!batch || !isIt(batch)) throw new Error(JSON.stringify(batch));
      return batch;
    },
    { timeoutMs: 30_000 },
  );
}
const hasEnded = ({ finishedAt }: BatchState) => finishedAt !== null;

test('the documented user runs, pauses, resumes, cancels, retries, reviews and deletes batches, and is refused nothing', async () => {
  await openAs();
  const worker = await studio.startWorker({
    sku: (job) => skuHandler(worker, undefined, () => ({ ...aRecord(), images: [] }))(job),
    webhook: async () => ({ result: 'delivered', statusCode: 204, error: null, ms: 1 }),
  });
  const { api } = studio;
  const idempotent = {
    tenant: 'acme',
    options: (await studio.submit(['x'])).options,
    skus: [{ sku: 'i', images: [{ url: 'http://supplier.test/i.jpg' }] }],
    idempotency: { key: 'k', bodySha256: 'ab' },
  };
  expect((await api.submit(idempotent)).created).toBe(true);
  expect((await api.submit(idempotent)).created).toBe(false);

  const skus = Array.from({ length: 20 }, (_, n) => `s${n}`);
  const { id } = await studio.submit(skus, {
    concurrency: 2,
    budgetUsd: 50,
    webhookUrl: 'http://hook.test/',
  });
  await until(id, ({ counts }) => counts.completed > 0);
  await api.pause(id);
  await api.setBudget(id, 60);
  await api.resume(id);
  expect((await until(id, hasEnded)).counts.completed).toBe(20);
  await api.review(id, [0, 1], { decision: 'regenerate', planned: ['main'] });
  await until(id, hasEnded);
  await api.review(id, [2], { decision: 'reject', planned: ['main'] });
  await api.review(id, [2], { decision: 'undo', planned: ['main'] });
  const manifest = await worker.manifests.next();
  await manifest?.done();
  await eventually(async () => {
    expect(await api.webhooks(id)).toContainEqual(expect.objectContaining({ status: 'delivered' }));
  });

  const second = await studio.submit(skus.map((sku) => `${sku}b`));
  await api.cancel(second.id);
  await until(second.id, hasEnded);
  await api.retry(second.id, {});
  await api.summary(id);
  await api.batches({ limit: 10 });
  await api.skus(id, { limit: 10, q: 's1' });
  await api.changes(id, 1, 10);
  await api.testWebhook('http://hook.test/', 'default');
  await worker.schedule.pause(1);
  await worker.acquireLease('anything', 10);
  await worker.stopCalls('CODE', 'why');
  await worker.resumeCalls('CODE');
  expect(await api.workers()).toHaveLength(1);
  await Promise.all([
    api.quota(),
    api.setQuota({ callsPerMinute: 6000 }),
    api.queueCounts(),
    api.fleetTotals(),
  ]);
  await api.delete(id);
  await api.delete(second.id);
  expect(api.redisCondition().messages.map(({ code }) => code)).toEqual(['REDIS_NOT_PERSISTENT']);
  expect(await refusals()).toEqual([]);
});

test('a user who may not even ask INFO and CONFIG runs batches all the same', async () => {
  await openAs((rules) => rules.replace(' +info', '').replace(' +config|get', ''));
  await studio.startWorker({});
  const { id } = await studio.submit(['a', 'b']);
  expect((await until(id, hasEnded)).counts.completed).toBe(2);
  expect(studio.api.redisCondition().messages.map(({ code }) => code)).toEqual(['REDIS_UNCHECKED']);
  const unique = new Set((await refusals()).map((line) => line.split(' in ')[0]));
  expect([...unique].sort()).toEqual(['command config|get', 'command info']);
});
