import { eventually, refuse, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createStudioApi } from './create-studio-api.ts';
import type { StudioApi } from './studio-api.ts';

let redis: TestRedis;
let api: StudioApi;

beforeEach(async () => {
  redis = await startTestRedis();
  const log = { info() {}, warn() {} };
  api = createStudioApi({
    redisUrl: redis.url,
    prefix: 'test',
    quota: { model: 'm', callsPerMinute: 60 },
    log,
  });
  await eventually(() => api.queueCounts());
});
afterEach(() => redis.stop());

test('closes soon while Redis is away and the connections wait to be made anew', async () => {
  await redis.kill('SIGKILL');
  await eventually(() => expect(api.ping()).rejects.toThrow('ECONNREFUSED'));
  await api.close();
});

test('closes soon while a demoted Redis is being left', async () => {
  const end = await refuse(redis, 'READONLY');
  await eventually(() => expect(api.ping()).rejects.toThrow('READONLY'));
  await api.close();
  await end();
});
