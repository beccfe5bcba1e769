import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import { lowerCaseCodes } from './sku-codes.ts';

const keys = keysOf('codes');
let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectPatient(server.url);
});
afterAll(async () => {
  await disconnect(redis);
  await server.stop();
});

async function reads(): Promise<number> {
  return Number(/cmdstat_hgetall:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
}

function write(id: string, codes: readonly string[]): Promise<unknown> {
  return redis.hset(`${keys.batch(id)}:names`, ...codes.flatMap((code, index) => [code, index]));
}

describe('the codes of a batch', () => {
  test('stand at their index, in lower case', async () => {
    await write('b1', ['MUG-Ä', '杯子', '7']);
    expect(await lowerCaseCodes({ redis, keys }, 'b1')).toEqual(['mug-ä', '杯子', '7']);
  });

  test('are fetched once, however often somebody searches', async () => {
    await write('b2', ['A', 'B']);
    await lowerCaseCodes({ redis, keys }, 'b2');
    const before = await reads();
    for (let n = 0; n < 5; n += 1) await lowerCaseCodes({ redis, keys }, 'b2');
    expect(await reads()).toBe(before);
  });

  test('are forgotten, those asked for longest ago first, when there are too many', async () => {
    const many = Array.from({ length: 40_000 }, (_, index) => `S-${index}`);
    for (const id of ['b3', 'b4', 'b5']) await write(id, many);
    for (const id of ['b3', 'b4', 'b3', 'b5']) await lowerCaseCodes({ redis, keys }, id);
    const before = await reads();
    await lowerCaseCodes({ redis, keys }, 'b3');
    expect(await reads()).toBe(before);
    await lowerCaseCodes({ redis, keys }, 'b4');
    expect(await reads()).toBe(before + 1);
  });
});
