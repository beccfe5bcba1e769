import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from './connect.ts';

let server: TestRedis;
beforeEach(async () => {
  server = await startTestRedis();
});
afterEach(() => server.stop());

test('a connection ends although Redis is frozen and answers no farewell', async () => {
  const redis = connectPatient(server.url);
  await redis.ping();
  await server.kill('SIGSTOP');
  await disconnect(redis);
  await eventually(() => expect(redis.status).toBe('end'));
});
