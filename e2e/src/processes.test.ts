import { eventually } from '@image-studio/testkit';
import { startProcess } from '@image-studio/testkit/deployment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openWorld, type World } from './world.ts';

const soon = { timeoutMs: 60_000 };
let world: World;
let redis: Redis;

beforeAll(async () => {
  world = await openWorld({ workers: 2, gemini: { latencyMs: 600 } });
  redis = new Redis(world.studio.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await world.close();
});

describe('a worker', () => {
  test('told to stop finishes or hands back what it holds, exits 0, and another one goes on', async () => {
    const { id } = await world.submit(await world.skus(20));
    await eventually(async () => expect((await world.batch(id)).counts.active).toBeGreaterThan(2), soon);
    expect(await world.workers()[0]?.stop('SIGTERM')).toBe(0);
    expect((await world.ended(id)).counts.completed).toBe(20);
    expect(world.gemini.stats().duplicates).toBe(0);
  });

  test('hands back what a newer version wrote, unharmed, and works on what it understands', async () => {
    await world.killWorkers();
    const { id } = await world.submit(await world.skus(3, 100));
    const options = (await redis.hget(`studio:batch:${id}`, 'options')) ?? '';
    const newer = JSON.stringify({ ...JSON.parse(options), holograms: true });
    await redis.hset(`studio:batch:${id}`, 'options', newer);
    await world.startWorkers(1);
    const other = await world.submit(await world.skus(3, 200));
    expect((await world.ended(other.id)).counts.completed).toBe(3);
    const handedBack = async () =>
      (await redis.zrange('studio:sku:delayed', '0', '-1')).filter((job) => job.startsWith(id));
    await eventually(async () => expect(await handedBack()).toHaveLength(3), soon);
    expect(await world.batch(id)).toMatchObject({ counts: { waiting: 3, failed: 0 }, calls: { made: 0 } });
    // As it would look to a worker of the newer version.
    await redis.hset(`studio:batch:${id}`, 'options', options);
    expect((await world.ended(id)).counts.completed).toBe(3);
  });
});

test('bad configuration exits 78 with every fault in one message', async () => {
  for (const app of ['api', 'worker']) {
    const file = new URL(`../../apps/${app}/dist/main.js`, import.meta.url).pathname;
    const child = startProcess(file, {
      REDIS_URL: 'nonsense',
      OBJECT_STORE: 's3',
      IMAGE_MODEL: 'dall-e',
      LOG_LEVEL: 'loud',
    });
    expect(await child.stop('SIGCONT')).toBe(78);
    for (const name of ['REDIS_URL', 'S3_BUCKET', 'IMAGE_MODEL', 'LOG_LEVEL'])
      expect(child.output()).toContain(name);
  }
});
