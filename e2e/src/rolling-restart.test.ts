import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const COUNT = 6;
let world: World;

beforeAll(async () => {
  // Calls take about as long as a model takes under load, and longer than container engines wait by default. Nothing
  // says how long a stop may take.
  world = await openWorld({ workers: 2, gemini: { latencyMs: 31_000 }, env: { SHUTDOWN_TIMEOUT_MS: '' } });
});
afterAll(() => world.close());

test('replacing every worker under long calls pays for no picture twice', async () => {
  const { id } = await world.submit(await world.skus(COUNT));
  await eventually(() => expect(world.gemini.stats().onTheWire).toBe(COUNT), { timeoutMs: 30_000 });
  const old = world.workers();
  await world.startWorkers(2);
  const codes = await Promise.all(old.map((worker) => worker.stop('SIGTERM')));
  expect(codes).toEqual([0, 0]);
  const batch = await world.ended(id, 180_000);
  expect(batch.counts).toMatchObject({ completed: COUNT });
  expect({ made: batch.calls.made, billed: world.gemini.stats().accepted }).toEqual({
    made: COUNT,
    billed: COUNT,
  });
}, 240_000);
