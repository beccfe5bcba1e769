import { randomUUID } from 'node:crypto';
import { BatchOptions } from '@image-studio/contract';
import { createStudioApi, type StudioApi } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createLinks } from '../views/links.ts';
import { type FollowDeps, followBatch, type Viewer } from './follow-batch.ts';

let redis: TestRedis;
let api: StudioApi;

beforeAll(async () => {
  redis = await startTestRedis();
  api = createStudioApi({
    redisUrl: redis.url,
    prefix: 'follow',
    quota: { model: 'local', callsPerMinute: 60 },
    log: { info() {}, warn() {} },
  });
  await eventually(() => api.ping());
});

afterAll(async () => {
  await api?.close();
  await redis?.stop();
});

const links = createLinks('http://studio.test', { url: async (key) => `/files/${key}` });

async function submit(): Promise<string> {
  const skus = ['A', 'B'].map((sku) => ({ sku, images: [{ url: 'u' }] }));
  const { batch } = await api.submit({ tenant: 'acme', options: BatchOptions.parse({}), skus });
  // Enqueuing goes on in the background and counts as a change.
  await eventually(async () => expect((await api.queueCounts()).sku.prioritized).toBeGreaterThanOrEqual(2));
  return batch.id;
}

interface Recorder extends Viewer {
  isCongested: jest.Mock<() => boolean>;
  events: { event: string; seq: number; skus?: { sku: string }[] }[];
}

function recorder(): Recorder {
  return { id: randomUUID(), isCongested: jest.fn(() => false), events: [] };
}

/** Events sent so far, however many viewers each went to. */
let sent = 0;
const follow = (batchId: string, from: StudioApi = api) => followBatch(batchId, { api: from, links, tell });
const tell: FollowDeps['tell'] = (viewers, event, ...[payload]) => {
  sent += 1;
  for (const viewer of viewers) (viewer as Recorder).events.push({ event, ...payload });
};

/** The real API, in which `after` happens between reading the changes and reading the batch. */
function withChangeBetween(after: () => Promise<unknown>): StudioApi {
  let isFirst = true;
  return {
    ...api,
    async changes(...query) {
      const change = await api.changes(...query);
      if (isFirst) await after();
      isFirst = false;
      return change;
    },
  };
}

test('many who ask for the same snapshot share one reading of the SKUs, until something changes', async () => {
  const id = await submit();
  let readings = 0;
  const counted: StudioApi = {
    ...api,
    skus: (...query) => {
      readings += 1;
      return api.skus(...query);
    },
  };
  const batch = follow(id, counted);
  const join = (detail?: 'brief') => batch.join(recorder(), 'acme', undefined, detail);
  const answers = await Promise.all(Array.from({ length: 20 }, () => join()));
  expect(readings).toBe(1);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await join('brief');
  expect(readings).toBe(2);
  await api.pause(id);
  expect(await join('brief')).toMatchObject({ snapshot: { batch: { status: 'paused' } } });
  expect(readings).toBe(3);
});

describe('a batch that ends while its changes are being read', () => {
  test('is not called finished before the last SKU has been told', async () => {
    const id = await submit();
    const viewer = recorder();
    const batch = follow(
      id,
      withChangeBetween(() => api.cancel(id)),
    );
    const { seq } = (await api.batch(id)) ?? { seq: 0 };
    await batch.join(viewer, 'acme', undefined);
    await api.pause(id);
    const isBehind = await batch.flush();
    expect(viewer.events.map(({ event }) => event)).not.toContain('batch:finished');
    expect(isBehind).toBe(true);
    expect(await batch.flush()).toBe(false);
    expect(viewer.events.slice(-3).map(({ event }) => event)).toEqual([
      'sku:update',
      'batch:progress',
      'batch:finished',
    ]);
    expect(viewer.events.every((event) => event.seq > seq)).toBe(true);
    await batch.flush();
    expect(viewer.events.filter(({ event }) => event === 'batch:finished')).toHaveLength(1);
  });

  test('nor for somebody who comes back just then', async () => {
    const id = await submit();
    const { seq } = (await api.batch(id)) ?? { seq: 0 };
    await api.pause(id);
    const viewer = recorder();
    const batch = follow(
      id,
      withChangeBetween(() => api.cancel(id)),
    );
    const ack = await batch.join(viewer, 'acme', seq);
    expect(JSON.stringify(ack)).not.toContain('batch:finished');
    await batch.flush();
    expect(viewer.events.map(({ event }) => event)).toEqual([
      'sku:update',
      'batch:progress',
      'batch:finished',
    ]);
  });
});

describe('many viewers of one batch', () => {
  test('are sent each event once, together, whenever they came', async () => {
    const id = await submit();
    const batch = follow(id);
    const viewers = Array.from({ length: 30 }, recorder);
    for (const viewer of viewers) await batch.join(viewer, 'acme', undefined);
    await api.cancel(id);
    sent = 0;
    await batch.flush();
    expect(sent).toBe(3);
    for (const { events } of viewers) {
      expect(events.map(({ event }) => event)).toEqual(['sku:update', 'batch:progress', 'batch:finished']);
    }
  });

  test('do not wait for one that does not read; it is told everything at once when it does', async () => {
    const id = await submit();
    const batch = follow(id);
    const [slow, quick] = [recorder(), recorder()];
    for (const viewer of [slow, quick]) await batch.join(viewer, 'acme', undefined);
    slow.isCongested.mockReturnValue(true);
    for (const change of [api.pause, api.resume, api.cancel]) {
      await change(id);
      while (await batch.flush());
    }
    expect(slow.events).toEqual([]);
    expect(quick.events.at(-1)?.event).toBe('batch:finished');
    const { seq } = (await api.batch(id)) ?? { seq: 0 };
    expect(batch.isBehind(seq)).toBe(true);
    slow.isCongested.mockReturnValue(false);
    await batch.flush();
    expect(slow.events.map(({ event }) => event)).toEqual(['sku:update', 'batch:progress', 'batch:finished']);
    expect(slow.events[0]?.skus?.map(({ sku }) => sku).sort()).toEqual(['A', 'B']);
    expect(batch.isBehind(seq)).toBe(false);
  });
});
