import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from '../testing/start-test-worker.ts';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url });
  worker = await startTestWorker(api.config);
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});
afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
});

const sku = (n: number, code = `S${n}`) => ({
  sku: code,
  images: [{ url: `https://x.example/${n}.jpg` }],
  attributes: { category: `c${n % 4}` },
});
const skus = Array.from({ length: 12 }, (_, n) => sku(n));
const submit = async (options: object = {}): Promise<string> => {
  const { status, body } = await api.call('POST', '/batches', { sample: 4, ...options, skus });
  expect(status).toBe(202);
  return body.id;
};
const ready = (id: string) =>
  eventually(async () => {
    const { body } = await api.call('GET', `/batches/${id}`);
    expect(body.pausedFor).toBe('sample');
    return body;
  });

describe('the sample of a batch', () => {
  test('is shown with what it tells about the rest, and the batch goes on with it', async () => {
    const id = await submit();
    expect(await ready(id)).toMatchObject({
      status: 'paused',
      sample: { size: 4, state: 'ready' },
      links: { sample: `${api.url}/api/v1/batches/${id}/sample` },
    });
    const { status, body } = await api.call('GET', `/batches/${id}/sample`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      size: 4,
      state: 'ready',
      ended: 4,
      pictures: 4,
      accepted: 4,
      passRate: { value: 1, high: 1 },
      costUsd: 0.16,
      usdPerAccepted: 0.04,
      rest: { skus: 8, pictures: 8, costUsd: { low: 0.32, high: 0.32 } },
    });
    expect(body.passRate.low).toBeCloseTo(0.5101, 3);
    expect(body.skus.map(({ sku: code }: { sku: string }) => Number(code.slice(1)) % 4).sort()).toEqual([
      0, 1, 2, 3,
    ]);
    await api.call('POST', `/batches/${id}/resume`);
    await eventually(async () => {
      const { body } = await api.call('GET', `/batches/${id}`);
      expect(body).toMatchObject({
        status: 'completed',
        sample: { state: 'done' },
        counts: { completed: 12 },
      });
    });
    expect((await api.call('GET', `/batches/${id}/sample`)).body.rest).toMatchObject({
      skus: 0,
      pictures: 0,
    });
  });

  test('can be asked for with a table, and of fewer SKUs than it would have is none', async () => {
    const rows = Array.from({ length: 6 }, (_, n) => `T${n},https://x/${n}`).join('\n');
    const post = (query: string) =>
      api.call('POST', `/batches?${query}`, `sku,url\n${rows}\n`, {
        headers: { 'content-type': 'text/csv' },
      });
    const small = await post('sample=2');
    expect((await ready(small.body.id)).sample.size).toBe(2);
    const { body } = await post('sample=6');
    const { body: whole } = await api.call('GET', `/batches/${body.id}`);
    expect(whole.sample).toBeUndefined();
    const none = await api.call('GET', `/batches/${body.id}/sample`);
    expect(none).toMatchObject({ status: 404, body: { code: 'NO_SAMPLE' } });
    expect((await post('sample=0')).status).toBe(400);
  });

  test('is made again where another profile changes it, or the rest is made so', async () => {
    const id = await submit();
    await ready(id);
    const change = (body: object) => api.call('PATCH', `/batches/${id}/sample`, body);
    const unknown = await change({ main: { prompt: 'A {{tilte}}.' }, apply: 'sample' });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: 'main.prompt' }] } });
    expect(await change({ apply: 'none' })).toMatchObject({ status: 422 });
    const changed = await change({
      main: { extraPrompt: 'On grey.' },
      profile: 'amazon',
      temperature: 0.2,
      apply: 'sample',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { again: 4, batch: { sample: { state: 'making' } } },
    });
    const { made } = await ready(id);
    expect(made).toMatchObject({
      profile: 'amazon',
      options: { main: { extraPrompt: 'On grey.' }, temperature: 0.2, sample: 4 },
    });
    const rest = await change({ main: { extraPrompt: null }, temperature: null, apply: 'rest' });
    expect(rest).toMatchObject({ status: 200, body: { again: 0, batch: { pausedFor: null } } });
    await eventually(async () => {
      const { body } = await api.call('GET', `/batches/${id}`);
      expect(body).toMatchObject({ status: 'completed', made: { options: { main: true } } });
      expect(body.made.options).not.toHaveProperty('temperature');
    });
    expect(await change({ profile: 'ebay', apply: 'rest' })).toMatchObject({
      status: 409,
      body: { code: 'SAMPLE_NOT_READY' },
    });
  });
});
