import { eventually } from '@image-studio/testkit';
import { type Sentinels, startSentinels } from '@image-studio/testkit/sentinels';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const COUNT = 16;
const SENTINEL_PASSWORD = 'of-the-sentinels';
/** From the death of the primary; the sentinels notice it after 1.5 s. */
const READY_MS = 10_000;
const soon = { timeoutMs: 60_000, intervalMs: 20 };

let world: World;
let sentinels: Sentinels;

beforeEach(async () => {
  world = await openWorld({
    workers: 2,
    gemini: { latencyMs: 1500 },
    // The default: longer than a failover.
    env: { JOB_LOCK_MS: '15000', REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD },
    redis: async (server) => {
      sentinels = await startSentinels(server, { password: SENTINEL_PASSWORD });
      return { REDIS_URL: sentinels.redisUrl };
    },
  });
});
afterEach(async () => {
  await world?.close();
  await sentinels?.close();
});

const readyz = async () => (await fetch(`${world.studio.url}/readyz`)).status;

describe('a primary behind three sentinels', () => {
  test.each([
    ['is killed', 'SIGKILL'],
    ['is cut off, with its connections open', 'SIGSTOP'],
  ] as const)(
    '%s in the middle of a batch: ready within 10 s, 0 lost, 0 paid twice',
    async (_how, signal) => {
      const pids = [world.studio.api, ...world.workers()].map(({ child }) => child.pid);
      const first = await sentinels.primaryPort();
      const { id } = await world.submit(await world.skus(COUNT));
      await eventually(() => expect(world.gemini.stats().accepted).toBeGreaterThan(COUNT / 3), soon);
      expect(world.gemini.stats().onTheWire).toBeGreaterThan(1);
      await world.studio.redis.kill(signal);
      const diedAt = performance.now();
      await eventually(async () => expect(await readyz()).toBe(503), soon);
      await eventually(async () => expect(await readyz()).toBe(200), soon);
      expect(performance.now() - diedAt).toBeLessThan(READY_MS);
      expect(await sentinels.primaryPort()).not.toBe(first);

      const { counts, calls } = await world.ended(id);
      expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
      expect(calls).toMatchObject({ failed: 0 });
      expect(world.gemini.stats()).toMatchObject({ accepted: COUNT, duplicates: 0 });
      expect([world.studio.api, ...world.workers()].map(({ child }) => child.pid)).toEqual(pids);

      // The old primary comes back as a replica, and nobody falls for it.
      if (signal === 'SIGSTOP') await world.studio.redis.kill('SIGCONT');
      else await world.studio.redis.restart();
      const next = await world.submit(await world.skus(2, COUNT));
      expect((await world.ended(next.id)).counts).toMatchObject({ completed: 2 });
      expect(
        world.studio.api.output() +
          world
            .workers()
            .map((one) => one.output())
            .join(),
      ).not.toContain(SENTINEL_PASSWORD);
    },
  );
});
