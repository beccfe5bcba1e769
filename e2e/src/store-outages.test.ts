import { join } from 'node:path';
import { eventually } from '@image-studio/testkit';
import type { S3Fault } from '@image-studio/testkit/s3-stand-in';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { smallDisk } from './small-disk.ts';
import { openWorld, type World } from './world.ts';

const COUNT = 6;
const soon = { timeoutMs: 60_000, intervalMs: 20 };
let world: World;
let used = 0;

beforeAll(async () => {
  world = await openWorld({ workers: 2, env: { SHUTDOWN_TIMEOUT_MS: '60000' } });
});
afterAll(() => world?.close());
afterEach(() => world.cancelAll());

async function start(): Promise<string> {
  used += COUNT;
  return (await world.submit(await world.skus(COUNT, used))).id;
}

const ready = async (studio: World['studio'], status: number) =>
  eventually(async () => expect((await studio.get('/readyz')).status).toBe(status), soon);

describe('the bucket', () => {
  test.each<[string, S3Fault]>([
    ['that answers nothing', { kind: 'hang' }],
    ['that is overloaded', { kind: 'error', status: 503, code: 'SlowDown' }],
  ])('%s for a while fails no SKU and costs no call', async (_how, fault) => {
    const id = await start();
    await eventually(() => expect(world.gemini.stats().accepted).toBeGreaterThan(1), soon);
    let met = 0;
    world.s3.interfere(({ key }) => {
      if (/^(ai|inputs|image-studio)\//.test(key)) met += 1;
      return fault;
    });
    await ready(world.studio, 503);
    await eventually(() => expect(met).toBeGreaterThan(1), soon);
    world.s3.interfere(() => undefined);
    const { counts, calls } = await world.ended(id);
    expect(counts).toMatchObject({ total: COUNT, completed: COUNT, failed: 0 });
    expect(calls).toMatchObject({ made: COUNT, failed: 0 });
    expect(world.gemini.stats().accepted).toBe(COUNT);
  });
});

describe('a worker that is told to stop', () => {
  test.each([
    { since: 'before it started', isAwayAtStart: true },
    { since: 'it began to store photos', isAwayAtStart: false },
  ])(
    'and whose bucket answers nothing since $since ends in time, with 0, and another one goes on',
    async ({ isAwayAtStart }) => {
      // Alone, so that nobody else has to find out for itself that the bucket is back.
      await world.killWorkers();
      const hang = () =>
        world.s3.interfere(({ operation }) => (operation === 'PutObject' ? { kind: 'hang' } : undefined));
      const puts = () => world.s3.requests.filter(({ operation }) => operation === 'PutObject').length;
      if (isAwayAtStart) hang();
      const worker = world.studio.startWorker({ SHUTDOWN_TIMEOUT_MS: '6000' });
      const says = (words: string) => eventually(() => expect(worker.output()).toContain(words), soon);
      await says('worker takes jobs');
      hang();
      const before = puts();
      const id = await start();
      if (isAwayAtStart) await says('the object store is away');
      // Of six photos.
      else await eventually(() => expect(puts()).toBeGreaterThan(before + 3), soon);
      const toldAt = performance.now();
      expect(await worker.stop('SIGTERM')).toBe(0);
      expect(performance.now() - toldAt).toBeLessThan(7000);
      world.s3.interfere(() => undefined);
      await world.startWorkers(1);
      expect((await world.ended(id)).counts).toMatchObject({ completed: COUNT, failed: 0 });
    },
  );
});

describe('the folder', () => {
  test('on a disk that is full, and then read-only, for a while fails no SKU and costs no call twice', async () => {
    const other = await openWorld({ workers: 0, store: 'file', gemini: { latencyMs: 1500 } });
    const disk = await smallDisk(join(other.studio.dataDir, 'objects'));
    const endsWell = async (id: string, made: number) => {
      const { counts, calls } = await other.ended(id);
      expect(counts).toMatchObject({ completed: 3, failed: 0 });
      expect(calls.made).toBe(3);
      expect(other.gemini.stats().accepted).toBe(made);
    };
    try {
      await disk.fill();
      await other.startWorkers(1);
      const first = await other.submit(await other.skus(3));
      await ready(other.studio, 503);
      await disk.free();
      await endsWell(first.id, 3);

      // Pictures that are paid for come back to a folder that takes nothing.
      const second = await other.submit(await other.skus(3, 3));
      await eventually(() => expect(other.gemini.stats().onTheWire).toBe(3), soon);
      await disk.protect();
      await eventually(() => expect(other.gemini.stats().onTheWire).toBe(0), soon);
      await ready(other.studio, 503);
      await eventually(async () => {
        expect(await (await other.studio.get('/api/v1/quota')).text()).toContain('STORE_UNAVAILABLE');
      }, soon);
      expect((await other.batch(second.id)).counts).toMatchObject({ completed: 0, failed: 0 });
      await disk.open();
      await endsWell(second.id, 6);
    } finally {
      // Lazily, before its processes end and the folder is removed.
      disk.unmount();
      await other.close();
    }
  });
});
