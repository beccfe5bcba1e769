import { once } from 'node:events';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueue, WEBHOOK_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import type { SkuJob, SkuOutcome } from '../skus/sku-job.ts';
import { aRecord, type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';
import { emptyOutbox } from './empty-outbox.ts';
import { readWebhookSalts } from './webhook-salts.ts';
import type { WebhookJob, WebhookOutcome } from './webhook-worker.ts';

const URL = 'https://shop.test/hook?token=1';
const webhookUrl = { webhookUrl: URL };
const keys = keysOf('test');

let studio: QueueFixture;
let redis: Redis;
const sent: WebhookJob[] = [];
let hanging = openSwitch();
/** What the receiver answers to the next attempts of a batch; delivered when there is nothing here. */
const answers = new Map<string, WebhookOutcome[]>();

beforeAll(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
  await studio.startWorker({ sku: finishSku, webhook: deliver });
});

afterAll(async () => {
  await disconnect(redis);
  await studio.close();
});

/** SKUs whose code starts with `bad` fail, those with `hold` run until their batch is paused or cancelled. */
async function finishSku(job: SkuJob): Promise<SkuOutcome> {
  const begun = await job.begin();
  if (!begun) return { next: 'drop' };
  if (begun.input.sku.startsWith('hold')) {
    if (!job.signal.aborted) await once(job.signal, 'abort');
    return { next: 'drop' };
  }
  const isBad = begun.input.sku.startsWith('bad');
  await job.finish(isBad ? 'failed' : 'completed', aRecord());
  return { next: 'done' };
}

async function deliver(job: WebhookJob): Promise<WebhookOutcome> {
  sent.push(job);
  if (job.url.includes('hangs')) await hanging.promise;
  return answers.get(job.batch?.id ?? job.url)?.shift() ?? answered('delivered', 204);
}

function answered(result: WebhookOutcome['result'], statusCode: number): WebhookOutcome {
  return { result, statusCode, error: result === 'delivered' ? null : `answered ${statusCode}`, ms: 3 };
}

function openSwitch() {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

const about = (batchId: string) => sent.filter((job) => job.batch?.id === batchId);
const deliveries = (batchId: string) => studio.api.webhooks(batchId);

async function delivered(batchId: string, count: number): Promise<void> {
  await eventually(async () => {
    const items = await deliveries(batchId);
    expect(items.filter(({ status }) => status === 'delivered')).toHaveLength(count);
  });
}

describe('a batch with a webhook', () => {
  test('tells that it finished, with the batch as it was then', async () => {
    const { id } = await studio.submit(['a', 'bad'], { ...webhookUrl, name: 'Spring' });
    await delivered(id, 1);
    expect(about(id)).toMatchObject([
      {
        event: 'batch.finished',
        url: URL,
        id: `msg_${id}_1`,
        batch: { name: 'Spring', status: 'completed', counts: { total: 2, completed: 1, failed: 1 } },
      },
    ]);
    expect(await deliveries(id)).toMatchObject([
      { id: `msg_${id}_1`, event: 'batch.finished', attempts: 1, lastStatusCode: 204, nextAt: null },
    ]);
  });

  test('tells each time it finishes or is paused', async () => {
    const { id } = await studio.submit(['bad 1', 'b'], webhookUrl);
    await delivered(id, 1);
    await studio.api.retry(id, {});
    await delivered(id, 2);
    expect(about(id).map(({ id: message }) => message)).toEqual([`msg_${id}_1`, `msg_${id}_2`]);
  });

  test('tells that it was paused, and what for', async () => {
    const { id } = await submitHeld();
    await studio.api.pause(id);
    await studio.api.pause(id);
    await delivered(id, 1);
    expect(about(id)).toMatchObject([{ event: 'batch.paused', batch: { status: 'paused' } }]);
    await studio.api.cancel(id);
    await delivered(id, 2);
    expect(about(id)[1]).toMatchObject({ event: 'batch.finished', batch: { status: 'cancelled' } });
  });

  test('says nothing without an address', async () => {
    const { id } = await studio.submit(['c']);
    await eventually(async () => expect((await studio.api.batch(id))?.status).toBe('completed'));
    expect(await deliveries(id)).toEqual([]);
    expect(await redis.zcard(keys.outbox)).toBe(0);
  });

  test('takes its messages along when it is deleted', async () => {
    const { id } = await studio.submit(['d'], webhookUrl);
    await delivered(id, 1);
    await studio.api.delete(id);
    expect(await redis.exists(keys.webhooks(id))).toBe(0);
  });

  test('that is deleted before its receiver answered tells it all the same, for as long as it would have', async () => {
    const { id } = await submitHeld();
    answers.set(id, [answered('retry', 503)]);
    await studio.api.cancel(id);
    await eventually(async () => expect(await deliveries(id)).toMatchObject([{ attempts: 1 }]));
    await studio.api.delete(id);
    expect(await studio.api.batch(id)).toBeNull();
    await promote(id);
    await eventually(() => expect(about(id)).toHaveLength(2));
    expect(about(id)[1]).toMatchObject({
      event: 'batch.finished',
      id: `msg_${id}_1`,
      batch: { status: 'cancelled' },
    });
    const keptSeconds = await redis.ttl(keys.webhooks(id));
    expect(keptSeconds).toBeGreaterThan(24 * 3600);
    expect(keptSeconds).toBeLessThanOrEqual(48 * 3600);
  });
});

test('processes that empty the outbox at once, or die half-way, send a message once', async () => {
  const { id } = await studio.submit(['e'], webhookUrl);
  await delivered(id, 1);
  const queue = openQueue(WEBHOOK_QUEUE, redis, 'test');
  await redis.zadd(keys.outbox, 1, `${id}_1`);
  await Promise.all([emptyOutbox({ redis, keys }, queue), emptyOutbox({ redis, keys }, queue)]);
  await studio.submit(['f'], webhookUrl).then((batch) => delivered(batch.id, 1));
  expect(about(id)).toHaveLength(1);
  await queue.close();
});

test('an attempt that fails is made again later, under the same id', async () => {
  const { id } = await submitHeld();
  answers.set(id, [answered('retry', 500)]);
  await studio.api.cancel(id);
  await eventually(async () =>
    expect(await deliveries(id)).toMatchObject([{ status: 'pending', attempts: 1, lastStatusCode: 500 }]),
  );
  const [waiting] = await deliveries(id);
  const waitMs = Date.parse(waiting?.nextAt ?? '') - Date.parse(waiting?.lastAttemptAt ?? '');
  expect(waitMs).toBeGreaterThanOrEqual(5000);
  expect(waitMs).toBeLessThan(6500);
  await promote(id);
  await delivered(id, 1);
  expect(about(id).map((job) => job.id)).toEqual([`msg_${id}_1`, `msg_${id}_1`]);
});

test('410 ends it, and the batch sends nothing more until a resend gets through', async () => {
  const { id } = await submitHeld();
  answers.set(id, [answered('gone', 410)]);
  await studio.api.pause(id);
  await eventually(async () =>
    expect(await deliveries(id)).toMatchObject([{ status: 'gone', attempts: 1, nextAt: null }]),
  );
  await studio.api.resume(id);
  await studio.api.pause(id);
  expect(await deliveries(id)).toHaveLength(1);

  await studio.api.resendWebhook(id, `msg_${id}_1`);
  await delivered(id, 1);
  await studio.api.cancel(id);
  await delivered(id, 2);
});

test('an address that is not allowed is not tried again', async () => {
  const { id } = await submitHeld();
  answers.set(id, [{ result: 'refused', statusCode: null, error: 'leads to a private address', ms: 0 }]);
  await studio.api.cancel(id);
  await eventually(async () =>
    expect(await deliveries(id)).toMatchObject([
      { status: 'failed', attempts: 1, lastError: 'leads to a private address', nextAt: null },
    ]),
  );
});

test('a resend goes out at once, and what waited for its turn is dropped', async () => {
  const { id } = await submitHeld();
  answers.set(id, [answered('retry', 503)]);
  await studio.api.cancel(id);
  await eventually(async () => expect(await deliveries(id)).toMatchObject([{ attempts: 1 }]));
  expect(await studio.api.resendWebhook(id, `msg_${id}_1`)).toMatchObject({ status: 'pending', attempts: 1 });
  await delivered(id, 1);
  await promote(id);
  expect(await deliveries(id)).toMatchObject([{ attempts: 2, status: 'delivered' }]);
  expect(about(id)).toHaveLength(2);
});

test('only messages of the batch can be sent again', async () => {
  const [{ id }, other] = [await studio.submit(['g'], webhookUrl), await studio.submit(['h'], webhookUrl)];
  await delivered(id, 1);
  await delivered(other.id, 1);
  expect(await studio.api.resendWebhook(id, `msg_${other.id}_1`)).toBeNull();
  expect(await studio.api.resendWebhook(id, `msg_${id}_2`)).toBeNull();
  expect(await studio.api.resendWebhook(id, '../../etc')).toBeNull();
});

test('a test is sent once, whatever comes of it', async () => {
  answers.set('https://shop.test/down', [answered('retry', 502)]);
  const { id } = await studio.api.testWebhook('https://shop.test/down', 'default');
  await eventually(async () =>
    expect(await studio.api.webhookTest(id)).toMatchObject({
      event: 'webhook.test',
      status: 'failed',
      attempts: 1,
      lastStatusCode: 502,
    }),
  );
});

test('the many messages of a tenant to a receiver that hangs keep nobody else’s waiting, and all arrive', async () => {
  hanging = openSwitch();
  const test = (url: string, tenant: string) => studio.api.testWebhook(url, tenant);
  const stuck = await Promise.all(
    Array.from({ length: 120 }, (_, n) => test(`https://hangs.test/${n}`, 'acme')),
  );
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, n) => test(`https://shop.test/${n}`, n % 2 === 0 ? 'beta' : 'gamma')),
  );
  const statuses = async (messages: { id: string }[]) =>
    Promise.all(messages.map(async ({ id }) => (await studio.api.webhookTest(id))?.status));
  await eventually(async () =>
    expect((await statuses(others)).filter((status) => status === 'delivered')).toHaveLength(20),
  );
  // A tenant alone has half of the places of a worker.
  expect(sent.filter(({ url }) => url.includes('hangs'))).toHaveLength(25);
  hanging.open();
  await eventually(
    async () => expect((await statuses(stuck)).filter((status) => status === 'delivered')).toHaveLength(120),
    { timeoutMs: 30_000 },
  );
  expect(sent.filter(({ url }) => url.includes('hangs'))).toHaveLength(120);
});

test('a message names its tenant, and what the tenant’s secrets are derived with', async () => {
  const test = async () => {
    const { id } = await studio.api.testWebhook('https://shop.test/salts', 'acme');
    await eventually(async () => expect((await studio.api.webhookTest(id))?.status).toBe('delivered'));
    return sent.find((job) => job.id === id);
  };
  expect(await test()).toMatchObject({ tenant: 'acme', salts: [] });
  const [first] = await studio.api.renewWebhookSalt('acme', { revoke: false });
  expect((await test())?.salts).toEqual([first?.salt]);
  const [second, previous] = await studio.api.renewWebhookSalt('acme', { revoke: false });
  expect(previous).toMatchObject({ salt: first?.salt, until: (second?.at ?? 0) + 24 * 3_600_000 });
  expect((await test())?.salts).toEqual([second?.salt, first?.salt]);
  const later = (second?.at ?? 0) + 24 * 3_600_000 + 1;
  expect(await readWebhookSalts({ redis, keys }, 'acme', later)).toMatchObject([{ salt: second?.salt }]);
  const [third] = await studio.api.renewWebhookSalt('acme', { revoke: true });
  expect((await test())?.salts).toEqual([third?.salt]);
  expect(await studio.api.webhookSalts('beta')).toEqual([]);
  const { id } = await studio.submit(['s'], webhookUrl);
  await delivered(id, 1);
  expect(about(id)).toMatchObject([{ tenant: 'default', salts: [] }]);
});

test('a batch keeps its last 100 messages', async () => {
  const { id } = await submitHeld();
  for (let turn = 0; turn < 101; turn += 1) {
    await studio.api.pause(id);
    await studio.api.resume(id);
  }
  const items = await deliveries(id);
  expect(items).toHaveLength(100);
  expect(items.at(-1)?.id).toBe(`msg_${id}_2`);
  await studio.api.cancel(id);
});

const submitHeld = () => studio.submit(['hold'], webhookUrl);

/** Makes what waits for its time run now. */
async function promote(batchId: string): Promise<void> {
  const queue = openQueue(WEBHOOK_QUEUE, redis, 'test');
  for (const job of await queue.getDelayed()) {
    if (job.data.owner === batchId) await job.promote();
  }
  await queue.close();
}
