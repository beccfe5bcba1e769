import { eventually } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const COUNT = 4;
const soon = { timeoutMs: 60_000, intervalMs: 5 };
let world: World;
let used = 0;

beforeAll(async () => {
  world = await openWorld({ workers: 1 });
});
afterAll(() => world?.close());
afterEach(() => world.cancelAll());

/** SKUs that no test before has used, so that nothing is known of them. */
async function newSkus() {
  used += COUNT;
  return world.skus(COUNT, used);
}

describe('workers killed again and again', () => {
  test('by an operator, as soon as they work, cost no SKU its life', async () => {
    world.gemini.configure({ latencyMs: 500 });
    await world.startWorkers(1 - world.workers().length);
    const { id } = await world.submit(await newSkus());
    for (const _kill of [1, 2, 3, 4]) {
      const before = world.requestsForSkus();
      await eventually(() => expect(world.requestsForSkus()).toBeGreaterThan(before), soon);
      const holders = world.workers();
      world.studio.startWorker();
      await world.killWorkers(holders);
    }
    expect((await world.ended(id)).counts).toMatchObject({ completed: COUNT });
  });
});
