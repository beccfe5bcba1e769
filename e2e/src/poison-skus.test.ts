import { setTimeout as sleep } from 'node:timers/promises';
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

describe('a SKU that kills its worker', () => {
  test.each([
    ['in its download', 'download'],
    ['in its AI call', 'generate'],
  ])('%s is given up after three starts with the reason, and harms no other', async (_where, stage) => {
    const deaths: Promise<unknown>[] = [];
    /** It takes every worker along, and with them whatever runs beside it. */
    const kill = () => {
      deaths.push(world.killWorkers());
      world.studio.startWorker();
    };
    const [poison, ...others] = (await newSkus()) as [{ sku: string; images: { url: string }[] }];
    let starts = 0;
    const watch = new AbortController();
    if (stage === 'download') {
      world.supplier.serve(new URL(poison.images[0]?.url ?? '').pathname, () => {
        starts += 1;
        kill();
      });
    } else {
      world.gemini.configure({ latencyMs: 1000 });
      void watchCalls(poison.sku, watch.signal, () => {
        starts += 1;
        kill();
      });
    }
    await world.startWorkers(1 - world.workers().length);
    const batch = await world.submit([poison, ...others].map(withTitle), {
      main: { extraPrompt: 'It is {{title}}.' },
    });
    const { counts } = await world.ended(batch.id);
    watch.abort();
    await Promise.all(deaths);
    expect(counts).toMatchObject({ completed: COUNT - 1, failed: 1 });
    expect(starts).toBe(3);
    const { state, failure } = await world.sku(batch.id, poison.sku);
    expect({ state, code: failure?.code, stage: failure?.stage }).toEqual({
      state: 'failed',
      code: 'INTERNAL',
      stage,
    });
    expect(failure?.message).toContain('3 workers in a row died');
  });
});

const withTitle = (sku: { sku: string; images: object[] }) => ({ ...sku, attributes: { title: sku.sku } });

/** Calls `tell` at once for each call that the model gets with `word` in its prompt. */
async function watchCalls(word: string, signal: AbortSignal, tell: () => void): Promise<void> {
  const told = new Set<unknown>();
  while (!signal.aborted) {
    for (const body of world.gemini.bodies()) {
      if (told.has(body) || !JSON.stringify(body).includes(`It is ${word}.`)) continue;
      told.add(body);
      tell();
    }
    await sleep(2);
  }
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
