import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BatchView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import type { S3Fault, S3Request } from '@image-studio/testkit/s3-stand-in';
import { supplierFaults } from '@image-studio/testkit/supplier-faults';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { LOCK_MS, openWorld, type World } from './world.ts';

let world: World;
let used = 0;

beforeAll(async () => {
  world = await openWorld({ workers: 0 });
});
afterAll(() => world.close());
afterEach(async () => {
  // Nothing of a batch that did not end may reach into the next test.
  await world.killWorkers();
  await world.cancelAll();
  world.s3.interfere(() => undefined);
  world.gemini.configure({ latencyMs: 300 });
  world.gemini.reset();
});

const COUNT = 6;
/** For a machine that is busy with other things. */
const SLACK_MS = 4000;
const soon = { timeoutMs: 60_000, intervalMs: 5 };

/** SKUs that no test before has used, so that nothing is known of them. */
async function newSkus() {
  used += COUNT;
  return world.skus(COUNT, used);
}

/** A batch of new SKUs on two workers. */
async function start(): Promise<BatchView> {
  await world.startWorkers(2 - world.workers().length);
  return world.submit(await newSkus());
}

/** Kills every worker, starts new ones, and holds the end against what was promised. */
async function killAndJudge(id: string, heal: () => void = () => {}): Promise<{ paidTwice: number }> {
  const lost = await world.killWorkers();
  heal();
  const before = world.requestsForSkus();
  await world.startWorkers(2);
  const readyAt = performance.now();
  await eventually(() => expect(world.requestsForSkus()).toBeGreaterThan(before), soon);
  // The lock has partly run out while the new workers started; the check for stalled jobs comes behind it.
  expect(performance.now() - readyAt).toBeLessThan(2 * LOCK_MS + SLACK_MS);
  const { counts, images, calls } = await world.ended(id);
  const { accepted } = world.gemini.stats();
  expect(counts).toMatchObject({ total: COUNT, completed: COUNT });
  expect(images).toEqual({ expected: COUNT, done: COUNT });
  // A process may die between counting a request and sending it.
  expect(calls.made).toBeGreaterThanOrEqual(accepted);
  expect(calls.made - calls.failed).toBe(COUNT);
  expect(accepted - COUNT).toBeLessThanOrEqual(lost);
  return { paidTwice: accepted - COUNT };
}

/** Lets nobody's PUT below `prefix` be answered; tells how many came. */
function silence(prefix: string, kind: 'hang' | 'mute'): { puts(): number } {
  let puts = 0;
  world.s3.interfere(({ operation, key }: S3Request): S3Fault | undefined => {
    if (operation !== 'PutObject' || !key.startsWith(prefix)) return undefined;
    puts += 1;
    return { kind };
  });
  return { puts: () => puts };
}

const answerAll = () => world.s3.interfere(() => undefined);

describe('workers killed', () => {
  test('during downloads pay for nothing twice', async () => {
    await world.startWorkers(2 - world.workers().length);
    const skus = await newSkus();
    let asked = 0;
    for (const { images } of skus) {
      const url = images[0]?.url ?? '';
      const photo = Buffer.from(await (await fetch(url)).arrayBuffer());
      world.supplier.serve(new URL(url).pathname, (request, response) => {
        asked += 1;
        if (asked > 3) supplierFaults.photo(photo)(request, response);
      });
    }
    const { id } = await world.submit(skus);
    await eventually(() => expect(asked).toBeGreaterThan(2), soon);
    expect(await killAndJudge(id)).toEqual({ paidTwice: 0 });
  });

  test('while calls wait for their turn pay for nothing twice', async () => {
    const quota = (callsPerMinute: number | null) =>
      fetch(`${world.studio.url}/api/v1/quota`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ callsPerMinute }),
      });
    await quota(10);
    const { id } = await start();
    const queues = async () =>
      (await (await world.studio.get('/metrics')).text()).match(
        /queue_jobs\{queue="sku",state="waiting-children"\} (\d+)/,
      )?.[1];
    await eventually(async () => expect(Number(await queues())).toBeGreaterThan(3), soon);
    await quota(null);
    const { paidTwice } = await killAndJudge(id);
    expect(paidTwice).toBeLessThanOrEqual(1);
  });

  test('with calls on the wire pay again for those at most', async () => {
    world.gemini.configure({ latencyMs: 1500 });
    const { id } = await start();
    await eventually(() => expect(world.gemini.stats().onTheWire).toBeGreaterThan(2), soon);
    const { paidTwice } = await killAndJudge(id, () => world.gemini.configure({ latencyMs: 100 }));
    expect(paidTwice).toBeGreaterThan(0);
  });

  test('with the answer stored and nothing written down find the picture again', async () => {
    const { id } = await start();
    const { puts } = silence('ai/', 'mute');
    await eventually(() => expect(puts()).toBeGreaterThan(1), soon);
    const { paidTwice } = await killAndJudge(id, answerAll);
    expect(paidTwice).toBeLessThan(COUNT - puts());
  });

  test('during uploads do the CPU work again, and nothing else', async () => {
    const { id } = await start();
    const { puts } = silence('image-studio/', 'hang');
    await eventually(() => expect(puts()).toBeGreaterThan(1), soon);
    await eventually(() => expect(world.gemini.stats().onTheWire).toBe(0), soon);
    expect(await killAndJudge(id, answerAll)).toEqual({ paidTwice: 0 });
  });

  test('with the last SKU of a batch in their hands end the batch once', async () => {
    const { id } = await start();
    world.s3.interfere(({ operation, key }) =>
      operation === 'PutObject' && key.startsWith(`image-studio/S${used}/`) ? { kind: 'mute' } : undefined,
    );
    await eventually(async () => expect((await world.batch(id)).counts.completed).toBe(COUNT - 1), soon);
    expect(await killAndJudge(id, answerAll)).toEqual({ paidTwice: 0 });
  });
});

describe('workers killed after the end of a batch', () => {
  test.each([
    ['at once', false],
    ['with its webhook and its manifest on the wire', true],
  ])('%s leave both to others, in time', async (_when, isOnTheWire) => {
    const receiver = await startReceiver();
    try {
      await world.startWorkers(2 - world.workers().length);
      const { id } = await world.submit(await newSkus(), { webhookUrl: receiver.url });
      const manifest = `batches/${id}/manifest.json`;
      let puts = 0;
      world.s3.interfere(({ key }) => {
        if (!key.startsWith(`batches/${id}/`)) return undefined;
        puts += 1;
        return { kind: 'hang' };
      });
      const { counts } = await world.ended(id);
      if (isOnTheWire)
        await eventually(() => expect([puts > 0, receiver.ids.length]).toEqual([true, 1]), soon);
      await world.killWorkers();
      answerAll();
      receiver.answer();
      await world.startWorkers(2);
      const readyAt = performance.now();
      await eventually(async () => {
        expect(world.s3.keys()).toContain(manifest);
        const { items } = (await (await world.studio.get(`/api/v1/batches/${id}/webhooks`)).json()) as {
          items: object[];
        };
        expect(items).toMatchObject([{ event: 'batch.finished', status: 'delivered' }]);
      }, soon);
      expect(performance.now() - readyAt).toBeLessThan(2 * LOCK_MS + SLACK_MS);
      // Sent twice where the first was not answered, but under one id.
      expect(new Set(receiver.ids).size).toBe(1);
      expect((await world.batch(id)).counts).toEqual(counts);
    } finally {
      receiver.close();
    }
  });
});

interface Receiver {
  url: string;
  /** `webhook-id` of each request. */
  ids: unknown[];
  /** From now on, 200. */
  answer(): void;
  close(): void;
}

/** Takes webhooks and answers none until it is told to. */
async function startReceiver(): Promise<Receiver> {
  const ids: unknown[] = [];
  let isAnswering = false;
  const server = createServer((request, response) => {
    ids.push(request.headers['webhook-id']);
    request.resume();
    if (isAnswering) response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    ids,
    answer() {
      isAnswering = true;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a SKU that kills its worker', () => {
  test('is given up after three starts with the reason, and harms no other', async () => {
    const skus = await newSkus();
    const poison = skus[3] ?? { sku: '', images: [] };
    let starts = 0;
    const deaths: Promise<unknown>[] = [];
    world.supplier.serve(new URL(poison.images[0]?.url ?? '').pathname, () => {
      starts += 1;
      deaths.push(world.killWorkers());
      world.studio.startWorker();
      world.studio.startWorker();
    });
    await world.startWorkers(2 - world.workers().length);
    const { id } = await world.submit(skus);
    const batch = await world.ended(id, 120_000);
    await Promise.all(deaths);
    expect(batch.counts).toMatchObject({ completed: COUNT - 1, failed: 1 });
    expect(starts).toBe(3);
    const { state, failure } = await world.sku(id, poison.sku);
    expect({ state, code: failure?.code, stage: failure?.stage }).toEqual({
      state: 'failed',
      code: 'INTERNAL',
      stage: 'download',
    });
    expect(failure?.message).toContain('3 workers in a row died');
  });
});
