import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from './connect.ts';
import { judgeRedis } from './judge-redis.ts';
import type { RedisFacts } from './redis-facts.ts';
import { createRedisWatch } from './watch-redis.ts';

let server: TestRedis;
let admin: Redis;

beforeAll(async () => {
  server = await startTestRedis({ appendOnly: true });
  admin = connectPatient(server.url);
});
afterAll(async () => {
  await disconnect(admin);
  await server.stop();
});

/** A watch that looks all the time, on a connection of its own. */
function watching(url = server.url) {
  const redis = connectPatient(url);
  const logged: unknown[] = [];
  const watch = createRedisWatch(redis, { everyMs: 20, log: { warn: (...line) => void logged.push(line) } });
  const codes = () => watch.condition().messages.map(({ code }) => code);
  return {
    watch,
    logged,
    codes,
    async close() {
      watch.close();
      await disconnect(redis);
    },
  };
}

describe('the watch over Redis', () => {
  test('has nothing to say of one that is as it should be, but how full it is', async () => {
    const { watch, close } = watching();
    await watch.look();
    expect(watch.condition().messages).toEqual([]);
    expect(watch.condition().memoryRatio).toBeGreaterThan(0);
    expect(watch.condition().memoryRatio).toBeLessThan(0.8);
    await close();
  });

  test('notices at run time that keys are dropped, that nothing is kept, that memory runs out, and that it is over', async () => {
    const { watch, codes, logged, close } = watching();
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eventually(() => expect(codes()).toEqual(['REDIS_EVICTS']));
    expect(watch.condition().messages[0]).toMatchObject({ values: { policy: 'allkeys-lru', evicted: '0' } });
    await admin.config('SET', 'appendonly', 'no');
    await eventually(() => expect(codes()).toEqual(['REDIS_EVICTS', 'REDIS_NOT_PERSISTENT']));
    await admin.config('SET', 'save', '60 1');
    await eventually(() => expect(codes()).toEqual(['REDIS_EVICTS']));
    await admin.set('ballast', 'x'.repeat(10_000_000));
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', String(Math.round(used / 0.9)));
    await eventually(() => expect(codes()).toEqual(['REDIS_MEMORY']));
    expect(watch.condition().memoryRatio).toBeGreaterThan(0.8);
    expect(watch.condition().messages[0]?.message).toMatch(
      /^Redis uses \d\d % of its memory \(\d+ of \d+ MB\)/,
    );
    await admin.del('ballast');
    await eventually(() => expect(codes()).toEqual([]));
    expect(logged).toEqual([
      [{ code: 'REDIS_EVICTS' }, expect.stringContaining('allkeys-lru')],
      [{ code: 'REDIS_NOT_PERSISTENT' }, expect.stringContaining('on disk')],
      [{ code: 'REDIS_NOT_PERSISTENT' }, 'this is over'],
      [{ code: 'REDIS_MEMORY' }, expect.any(String)],
      [{ code: 'REDIS_EVICTS' }, 'this is over'],
      [{ code: 'REDIS_MEMORY' }, 'this is over'],
    ]);
    await admin.config('SET', 'maxmemory', '0', 'save', '', 'appendonly', 'yes');
    await close();
  });

  test('says what it cannot check for a user who may not ask, and knows the version all the same', async () => {
    await admin.acl('SETUSER', 'plain', 'on', '>secret', '~*', '&*', '+@all', '-info', '-config');
    const { watch, close } = watching(server.url.replace('redis://', 'redis://plain:secret@'));
    await watch.look();
    expect(watch.tells()).toBe(false);
    expect(watch.condition().messages).toMatchObject([
      { code: 'REDIS_UNCHECKED', values: { unknown: 'maxmemory-policy, persistence, memory' } },
    ]);
    await close();
  });

  test('sees the policy without CONFIG, which managed servers rename or forbid', async () => {
    await admin.acl('SETUSER', 'managed', 'on', '>secret', '~*', '&*', '+@all', '-config');
    await admin.config('SET', 'maxmemory-policy', 'volatile-lru', 'appendonly', 'no');
    const { watch, codes, close } = watching(server.url.replace('redis://', 'redis://managed:secret@'));
    await watch.look();
    expect(codes()).toEqual(['REDIS_EVICTS', 'REDIS_UNCHECKED']);
    expect(watch.condition().messages[1]?.values).toEqual({ unknown: 'persistence' });
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'appendonly', 'yes');
    await close();
  });
});

test('sees what it can where CONFIG is renamed away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'image-studio-renamed-'));
  await writeFile(join(folder, 'more.conf'), 'rename-command CONFIG ""\n');
  const renamed = await startTestRedis({ settings: { include: join(folder, 'more.conf') } });
  const { watch, codes, close } = watching(renamed.url);
  await watch.look();
  expect(codes()).toEqual(['REDIS_UNCHECKED']);
  expect(watch.condition().messages[0]?.values).toEqual({ unknown: 'persistence' });
  expect(watch.condition().memoryRatio).toBeGreaterThan(0);
  await close();
  await renamed.stop();
  await rm(folder, { recursive: true });
});

const WELL: RedisFacts = {
  version: '7.2.4',
  isCluster: false,
  memory: { used: 79, limit: 100 },
  evictionPolicy: 'noeviction',
  evictedKeys: 0,
  persistence: 'appendOnly',
  tells: true,
};

describe('judgeRedis', () => {
  test.each([
    [WELL, []],
    [{ ...WELL, version: '6.2.0' }, []],
    [{ ...WELL, version: '10.0' }, []],
    [{ ...WELL, version: '6.0.16' }, ['REDIS_OLD']],
    [{ ...WELL, version: '5.0.7' }, ['REDIS_OLD']],
    [{ ...WELL, persistence: 'snapshots' as const }, []],
    [{ ...WELL, memory: { used: 81, limit: 100 } }, ['REDIS_MEMORY']],
    [{ ...WELL, memory: { used: 101, limit: 100 } }, ['REDIS_MEMORY']],
  ])('of %j says %j', (facts, codes) => {
    expect(judgeRedis(facts).map(({ code }) => code)).toEqual(codes);
  });
});
