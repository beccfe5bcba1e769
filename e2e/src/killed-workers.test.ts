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
  // All photos of a batch are to be ready before its first call has ended.
  world = await openWorld({ workers: 1, env: { PICTURE_THREADS: '2' } });
});
afterAll(() => world?.close());
afterEach(async () => {
  // Nothing of a batch that did not end may reach into the next test.
  await world.cancelAll();
  world.s3.interfere(() => undefined);
  world.gemini.configure({ latencyMs: 300 });
  world.gemini.reset();
});

/** As many as one worker makes calls at once, so that all of a batch is in the hands of one process. */
const COUNT = 4;
const soon = { timeoutMs: 60_000, intervalMs: 5 };

/** SKUs that no test before has used, so that nothing is known of them. */
async function newSkus() {
  used += COUNT;
  return world.skus(COUNT, used);
}

/** A batch of new SKUs on the one worker there is. */
async function start(options: object = {}): Promise<BatchView> {
  await world.startWorkers(1 - world.workers().length);
  return world.submit(await newSkus(), options);
}

/** Kills the worker that holds everything while another one stands by, and holds the end against what was promised. */
async function killAndJudge(
  id: string,
  heal: () => void = () => {},
): Promise<{ paidTwice: number; lost: number }> {
  const holders = world.workers();
  await world.startWorkers(1);
  const lost = await world.killWorkers(holders);
  const killedAt = performance.now();
  heal();
  const before = world.requestsForSkus();
  await eventually(() => expect(world.requestsForSkus()).toBeGreaterThan(before), soon);
  expect(performance.now() - killedAt).toBeLessThan(2 * LOCK_MS);
  const { counts, images, calls } = await world.ended(id);
  const { accepted } = world.gemini.stats();
  expect(counts).toMatchObject({ total: COUNT, completed: COUNT });
  expect(images).toEqual({ expected: COUNT, done: COUNT });
  // A process may die between counting a request and sending it.
  expect(calls.made).toBeGreaterThanOrEqual(accepted);
  expect(calls.made - calls.failed).toBe(COUNT);
  expect(accepted - COUNT).toBeLessThanOrEqual(lost);
  return { paidTwice: accepted - COUNT, lost };
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
    await world.startWorkers(1 - world.workers().length);
    const skus = await newSkus();
    let asked = 0;
    for (const { images } of skus) {
      const url = images[0]?.url ?? '';
      const photo = Buffer.from(await (await fetch(url)).arrayBuffer());
      world.supplier.serve(new URL(url).pathname, (request, response) => {
        asked += 1;
        if (asked > COUNT) supplierFaults.photo(photo)(request, response);
      });
    }
    const { id } = await world.submit(skus);
    await eventually(() => expect(asked).toBe(COUNT), soon);
    expect(await killAndJudge(id)).toMatchObject({ paidTwice: 0 });
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
    await eventually(async () => expect(Number(await queues())).toBe(COUNT), soon);
    // Not before: all of them could be on the wire by the time of the kill.
    const { paidTwice } = await killAndJudge(id, () => void quota(null));
    expect(paidTwice).toBeLessThanOrEqual(1);
  });

  test('with calls on the wire pay again for those at most', async () => {
    world.gemini.configure({ latencyMs: 60_000 });
    const { id } = await start();
    await eventually(() => expect(world.gemini.stats().onTheWire).toBe(COUNT), soon);
    world.gemini.configure({ latencyMs: 100 });
    const { paidTwice, lost } = await killAndJudge(id);
    expect([paidTwice, lost]).toEqual([COUNT, COUNT]);
  });

  test('give back the places of a batch that bounds its calls, and keep to the bound', async () => {
    world.gemini.configure({ latencyMs: 60_000 });
    const { id } = await start({ concurrency: 2 });
    await eventually(() => expect(world.gemini.stats().onTheWire).toBe(2), soon);
    world.gemini.configure({ latencyMs: 100 });
    const { paidTwice } = await killAndJudge(id);
    expect(paidTwice).toBe(2);
    expect(world.gemini.stats().maxConcurrent).toBe(2);
  });

  test('with the answer stored and nothing written down find the picture again', async () => {
    const { id } = await start();
    const { puts } = silence('ai/', 'mute');
    await eventually(() => expect(puts()).toBe(COUNT), soon);
    const { paidTwice } = await killAndJudge(id, answerAll);
    expect(paidTwice).toBe(0);
  });

  test('during uploads do the CPU work again, and nothing else', async () => {
    const { id } = await start();
    const { puts } = silence('image-studio/', 'hang');
    await eventually(() => expect(puts()).toBeGreaterThan(1), soon);
    await eventually(() => expect(world.gemini.stats().onTheWire).toBe(0), soon);
    expect(await killAndJudge(id, answerAll)).toMatchObject({ paidTwice: 0 });
  });

  test('with the last SKU of a batch in their hands end the batch once', async () => {
    const { id } = await start();
    world.s3.interfere(({ operation, key }) =>
      operation === 'PutObject' && key.startsWith(`image-studio/S${used}/`) ? { kind: 'mute' } : undefined,
    );
    await eventually(async () => expect((await world.batch(id)).counts.completed).toBe(COUNT - 1), soon);
    expect(await killAndJudge(id, answerAll)).toMatchObject({ paidTwice: 0 });
  });
});

describe('workers killed after the end of a batch', () => {
  test.each([
    ['at once', false],
    ['with its webhook and its manifest on the wire', true],
  ])('%s leave both to others, in time', async (_when, isOnTheWire) => {
    const receiver = await startReceiver();
    try {
      const { id } = await start({ webhookUrl: receiver.url });
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
      const holders = world.workers();
      if (isOnTheWire) await world.startWorkers(1);
      await world.killWorkers(holders);
      answerAll();
      receiver.answer();
      if (!isOnTheWire) await world.startWorkers(1);
      const from = performance.now();
      await eventually(async () => {
        expect(world.s3.keys()).toContain(manifest);
        const { items } = (await (await world.studio.get(`/api/v1/batches/${id}/webhooks`)).json()) as {
          items: object[];
        };
        expect(items).toMatchObject([{ event: 'batch.finished', status: 'delivered' }]);
      }, soon);
      expect(performance.now() - from).toBeLessThan(2 * LOCK_MS);
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
