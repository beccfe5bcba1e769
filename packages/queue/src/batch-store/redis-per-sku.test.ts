import type { Check, ImageRecord, SkuRecord, Stage } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import type { StudioWorker } from '../studio-worker.ts';
import { keyFor, type QueueFixture, skuHandler, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

const PROMPT = `Edit this photo. ${'Keep the product exactly as it is in the photo. '.repeat(16)}`;
const STAGES: Stage[] = ['download', 'prepare', 'generate', 'finish', 'upload'];

/** As large as the worker writes it for one picture: 3 KB. */
function aWholeRecord(): SkuRecord {
  const at = new Date().toISOString();
  const checks: Check[] = Array.from({ length: 14 }, (_, n) => ({
    rule: `rule${n}`,
    measured: Math.random(),
    required: `at least ${n} of what a marketplace asks of a picture`,
    pass: n !== 3,
  }));
  const image: ImageRecord = {
    role: 'main',
    kind: 'main',
    slot: 'main',
    round: 0,
    sourceUrl: 'https://supplier.test/photos/1.jpg',
    sourceKey: `inputs/${keyFor(String(Math.random()))}.jpg`,
    key: 'image-studio/SKU-1/1_main-d0763699b1.webp',
    thumbKey: 'thumbs/a3fbd419b818228241d0ee10af8419602c824b7d.webp',
    callKey: keyFor(String(Math.random())),
    width: 2000,
    height: 2000,
    bytes: 90_000,
    format: 'webp',
    checks,
    reused: false,
    costUsd: 0.05,
    model: 'gemini-nano-banana-2.1',
    prompt: PROMPT,
    inputs: [{ sha256: keyFor(String(Math.random())), url: 'https://supplier.test/photos/1.jpg' }],
    createdAt: at,
  };
  const timeline = STAGES.map((stage) => ({ stage, kind: 'main' as const, at, ms: 230, attempt: 1 }));
  return { stage: null, attempts: 1, timeline, images: [image] };
}

/** What all keys take; `INFO memory` also counts the buffers of whoever is connected. */
async function bytesOfKeys(): Promise<number> {
  const keys = await redis.keys('*');
  const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

async function run(count: number): Promise<string> {
  const codes = Array.from({ length: count }, (_, n) => `SKU-${n}`);
  const worker: StudioWorker = await studio.startWorker({
    sku: (job) => skuHandler(worker, keyFor, aWholeRecord)(job),
  });
  const { id } = await studio.submit(codes);
  await eventually(async () => expect((await studio.api.batch(id))?.finishedAt).not.toBeNull(), {
    timeoutMs: 60_000,
    intervalMs: 100,
  });
  return id;
}

describe('a SKU that has ended', () => {
  test('takes less than 6 KB of Redis with all that hangs on it, jobs and events included', async () => {
    await run(300);
    expect((await bytesOfKeys()) / 300).toBeLessThan(6 * 1024);
  });

  test('is told whole all the same, and briefly to who asks for that', async () => {
    const id = await run(2);
    const whole = await studio.api.sku(id, 'SKU-1');
    expect(whole?.record.timeline.map(({ stage }) => stage)).toEqual(STAGES);
    expect(whole?.record.images).toMatchObject([{ prompt: PROMPT, inputs: [{}] }]);
    expect(whole?.record.images[0]?.checks).toHaveLength(14);
    expect((await studio.api.skus(id, { limit: 9 })).items[1]).toEqual(whole);
    expect((await studio.api.changes(id, 0, 9))?.skus).toContainEqual(whole);
    const [brief] = (await studio.api.skus(id, { limit: 1, detail: 'brief' })).items;
    expect(brief?.record.images[0]?.checks).toMatchObject([{ rule: 'rule3', pass: false }]);
    expect(brief?.record.timeline).toEqual([]);
  });
});
