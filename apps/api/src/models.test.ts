import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const MODELS = {
  'own/sd': {
    provider: 'openai-images',
    model: 'qwen-image-edit',
    baseUrl: 'http://gpu:1234',
    price: 0,
    callsPerMinute: 4,
    callsPerDay: 100,
    concurrency: 1,
  },
  router: { provider: 'openrouter', model: 'author/name', price: 'answer', mostUsdPerCall: 0.1 },
};

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    IMAGE_MODEL: 'gemini',
    STUDIO_MODELS: JSON.stringify(MODELS),
  });
  worker = await startTestWorker(api.config);
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await redis.stop();
});

const skus = [{ sku: 'hold', images: [{ url: 'http://supplier.example/a.jpg' }] }];

test('GET /models says of each alias what it can, costs and does at the moment', async () => {
  const { body } = await api.call('GET', '/models');
  expect(body.items.map(({ alias }: { alias: string }) => alias)).toEqual(['default', 'own/sd', 'router']);
  expect(body.items[0]).toMatchObject({ isDefault: true, provider: 'gemini', health: 'up' });
  expect(body.items[1]).toMatchObject({
    pool: 'own/sd',
    model: 'qwen-image-edit',
    isDefault: false,
    // The test's worker makes calls of the default pool only.
    health: 'unserved',
    quota: { callsPerMinute: 4, callsPerDay: 100, callsLastMinute: 0, concurrency: 1 },
    priceUsd: { estimate: 0, seen: null },
    abilities: { photos: 1, sizes: ['1K'], transparency: false },
  });
  expect(body.items[2]).toMatchObject({ priceUsd: { estimate: 0.1 } });
  expect(JSON.stringify(body)).not.toMatch(/keyVariable|gpu:1234/);
});

test.each(['MODEL_MISCONFIGURED', 'MODEL_UNUSABLE', 'SPEND_LIMIT_TOO_SMALL'])(
  'a model is paused while %s keeps its calls from leaving',
  async (code) => {
    const healthOf = async () => (await api.call('GET', '/models')).body.items[0].health;
    await worker.warnOperator(code, 'an operator is needed');
    expect(await healthOf()).toBe('paused');
    await worker.clearWarning(code);
    expect(await healthOf()).toBe('up');
  },
);

test('a quote follows the model that is named, and names that are no alias stay models of the default', async () => {
  const costOf = async (model?: string) => {
    const { body } = await api.call('POST', '/batches/quote', { skus, ...(model && { model }) });
    return body.costUsd.high;
  };
  expect(await costOf('own/sd')).toBe(0);
  expect(await costOf('router')).toBeCloseTo(0.105);
  expect(await costOf('gemini-3-pro-image')).toBeGreaterThan(await costOf());
});

test('the quota of a pool is read and set apart from the others', async () => {
  expect((await api.call('PUT', '/quota?pool=own/sd', { callsPerMinute: 9 })).body.callsPerMinute).toBe(9);
  const own = { callsPerMinute: 9, model: 'qwen-image-edit' };
  expect((await api.call('GET', '/quota?pool=own%2Fsd')).body).toMatchObject(own);
  expect((await api.call('GET', '/quota')).body.callsPerMinute).toBe(60);
  expect((await api.call('GET', '/quota?pool=nobody')).status).toBe(404);
  const text = await (await fetch(`${api.url}/metrics`)).text();
  expect(text).toContain('image_studio_ai_quota_calls_per_minute{pool="default"} 60');
  expect(text).toContain('image_studio_ai_quota_calls_per_minute{pool="own/sd"} 9');
});

test('the board and the fleet show the queue of a pool; a batch of it is taken', async () => {
  const { status, body } = await api.call('POST', '/batches', { skus, model: 'own/sd' });
  expect(status).toBe(202);
  expect((await api.call('GET', '/fleet')).body.queues['ai-own/sd']).toMatchObject({ active: 0 });
  await api.call('POST', `/batches/${body.id}/cancel`);
});

test('a quote shows both lanes, and the chosen one above; a model without batches has one lane', async () => {
  const quoteOf = async (options: object) =>
    (await api.call('POST', '/batches/quote', { skus, ...options })).body;
  const { costUsd, lanes } = await quoteOf({});
  expect(lanes.interactive.costUsd).toEqual(costUsd);
  expect(lanes.economy.costUsd.high).toBeCloseTo(costUsd.high / 2, 3);
  expect(lanes.economy).toMatchObject({ hours: { low: 1, high: 24 }, worstUsd: costUsd.high });
  const chosen = await quoteOf({ lane: 'economy' });
  expect(chosen).toMatchObject({ costUsd: lanes.economy.costUsd, minutes: { low: 60, high: 1440 } });
  expect((await quoteOf({ model: 'own/sd' })).lanes.economy).toBeNull();
});

test('a model whose card names no batches has no economy lane, as soon as a worker has read it', async () => {
  const batchesOf = async () => (await api.call('GET', '/models')).body.items[0].abilities.batches;
  expect(await batchesOf()).toBe(true);
  await worker.noteBatchOffer('gemini-nano-banana-2.1', false);
  await eventually(async () => expect(await batchesOf()).toBe(false));
  const quote = await api.call('POST', '/batches/quote', { skus });
  expect(quote.body.lanes.economy).toBeNull();
  const refused = await api.call('POST', '/batches', { skus, lane: 'economy' });
  expect(refused.status).toBe(422);
  expect(JSON.stringify(refused.body)).toContain('makes no batches of calls');
  await worker.noteBatchOffer('gemini-nano-banana-2.1', true);
  await eventually(async () => expect(await batchesOf()).toBe(true));
});

test('the economy lane is refused where it cannot be, in a sentence', async () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const refusal = async (options: object) => {
    const { status, body } = await api.call('POST', '/batches', { skus, ...options });
    return [status, body.errors?.[0]?.path, body.detail];
  };
  const economy = { lane: 'economy' };
  expect(await refusal({ ...economy, model: 'own/sd' })).toEqual([
    422,
    'lane',
    expect.stringContaining('qwen-image-edit'),
  ]);
  expect(await refusal({ ...economy, deadline: inHours(1) })).toEqual([
    422,
    'deadline',
    expect.stringContaining('2 hours'),
  ]);
  expect(await refusal({ deadline: inHours(9) })).toEqual([422, 'deadline', expect.any(String)]);
  expect(await refusal({ ...economy, concurrency: 3 })).toEqual([422, 'concurrency', expect.any(String)]);
  const { status, body } = await api.call('POST', '/batches', { skus, ...economy });
  expect(status).toBe(202);
  const { economy: progress } = (await api.call('GET', `/batches/${body.id}/summary`)).body;
  expect(progress).toMatchObject({
    parked: 0,
    atProvider: 0,
    back: 0,
    isReleased: false,
    cancelRequested: false,
  });
  expect(Date.parse(progress.deadline) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  await api.call('POST', `/batches/${body.id}/cancel`);
});

test('a batch names models in order: those that the fleet has, and a quote says which cannot make its pictures', async () => {
  const quote = (body: object) => api.call('POST', '/batches/quote', { skus, ...body });
  const large = await quote({
    models: ['default', 'own/sd', 'router'],
    output: { width: 2000, height: 2000, format: 'jpeg' },
  });
  expect(large.body.warnings.map(({ message }: { message: string }) => message)).toEqual([
    'own/sd is left out: it does not draw pictures of 2K',
  ]);
  const small = { width: 1000, height: 1000, format: 'jpeg' };
  const alone = await quote({ model: 'own/sd', output: small });
  const both = await quote({ models: ['own/sd', 'router'], output: small });
  expect([both.body.costUsd.low, both.body.warnings]).toEqual([alone.body.costUsd.low, []]);
  expect(both.body.costUsd.high).toBeGreaterThan(0.1);
  expect((await quote({ model: 'default', models: ['default'] })).status).toBe(422);
});

test('a name that no model has is refused in one sentence, wherever it stands, and a form is told beside its field', async () => {
  const message = 'is nobody, but the fleet has default, own/sd, router';
  const named = [{ models: ['default', 'nobody'] }, { compare: ['default', 'nobody'], sample: 1 }];
  for (const options of named) {
    const path = `${Object.keys(options)[0]}[1]`;
    const errors = [expect.objectContaining({ path, message })];
    for (const route of ['/batches', '/batches/quote'])
      expect(await api.call('POST', route, { skus, ...options })).toMatchObject({
        status: 422,
        body: { errors },
      });
    const { status, body } = await api.call('POST', '/batches/preview', { skus, ...options });
    expect([status, body.faults, body.quote]).toEqual([200, errors, null]);
  }
  const { body } = await api.call('POST', '/batches/preview', {
    skus,
    compare: ['default', 'router'],
    sample: 1,
  });
  expect(body.faults).toEqual([
    expect.objectContaining({ path: 'compare', message: 'needs a sample that is smaller than the batch' }),
  ]);
});
