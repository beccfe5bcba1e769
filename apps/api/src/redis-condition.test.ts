import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

const KEYS = { ours: 'a-key-of-the-operator', theirs: 'a-key-of-another-tenant' };

let redis: TestRedis;
let api: TestApi;

beforeAll(async () => {
  redis = await startTestRedis({ settings: { 'maxmemory-policy': 'allkeys-lru', maxmemory: '100mb' } });
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: `${KEYS.ours},acme:${KEYS.theirs}` });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});
afterAll(async () => {
  await api?.close();
  await redis?.stop();
});

const codesFor = async (key: string): Promise<string[]> =>
  (await api.call('GET', '/quota', undefined, { key })).body.messages.map(
    ({ code }: { code: string }) => code,
  );

describe('a Redis that is set up to lose things', () => {
  test('is told of in /readyz, which stays ready', async () => {
    await eventually(async () => {
      const { status, messages } = (await (await fetch(`${api.url}/readyz`)).json()) as {
        status: string;
        messages: object[];
      };
      expect(status).toBe('ready');
      expect(messages).toMatchObject([
        { code: 'REDIS_EVICTS', values: { policy: 'allkeys-lru', evicted: '0' } },
        { code: 'REDIS_NOT_PERSISTENT' },
      ]);
    });
  });

  test('is told of to its operator, and not to other tenants', async () => {
    expect(await codesFor(KEYS.ours)).toEqual(['REDIS_EVICTS', 'REDIS_NOT_PERSISTENT']);
    expect(await codesFor(KEYS.theirs)).toEqual([]);
  });

  test('is in the metrics, and pauses nothing', async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toContain('image_studio_redis_warning{code="REDIS_EVICTS"} 1');
    expect(text).toMatch(/^image_studio_redis_memory_ratio 0\.0\d+$/m);
    expect(text).not.toContain('image_studio_ai_calls_paused{code="REDIS');
  });
});
