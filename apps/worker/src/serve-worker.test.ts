import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SkuInput } from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto, svgDrawing, truncatedJpeg } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
});
afterAll(async () => {
  await gemini.close();
  await supplier.close();
  await redis.stop();
});
beforeEach(async () => {
  gemini.configure({ latencyMs: 0, models: [] });
  gemini.reset();
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterEach(() => studio.close());

/** Address of a photo in the `n`-th colour. */
async function photo(n: number, name = `${n}.jpg`): Promise<string> {
  const bytes = await productPhoto({ seed: n, colour: distinctColour(n), width: 160, height: 160 });
  return supplier.serve(`/${name}`, bytes);
}

/** A square of one colour. */
const plain = (side: number): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#a33' } })
    .png()
    .toBuffer();

async function aSku(n: number, attributes: Record<string, string> = {}): Promise<SkuInput> {
  return { sku: `S${n}`, images: [{ url: await photo(n) }], attributes };
}

async function skuOf(batchId: string, sku: string): Promise<SkuEntry> {
  const entry = await studio.api.sku(batchId, sku);
  if (!entry) throw new Error(`no SKU ${sku}`);
  return entry;
}

/** Each SKU brings the fault that it is to meet; the sentence vanishes for those without one. */
const FAULTY = { prompt: 'Edit this photo. {{fault}}' };

describe('a SKU', () => {
  test('gets its main picture first, then the secondary ones from all of its photos in order', async () => {
    await studio.startWorker();
    const images = [
      { url: await photo(3, 'c.jpg') },
      { url: await photo(1, 'front-main.jpg') },
      { url: await photo(2, 'a.jpg') },
    ];
    const { id } = await studio.submit([{ sku: 'S1', images }], {
      secondary: { kinds: ['scale', 'detail'] },
    });
    const batch = await studio.ended(id);
    expect(batch).toMatchObject({
      status: 'completed',
      images: { expected: 3, done: 3 },
      calls: { made: 3, reused: 0, failed: 0 },
    });
    expect(await Promise.all(gemini.bodies().map(photosOf))).toEqual([[1], [1, 2, 3], [1, 2, 3]]);
    const { state, record } = await skuOf(id, 'S1');
    expect(state).not.toBe('failed');
    expect(record.images.map(({ role, kind }) => [role, kind])).toEqual([
      ['main', 'main'],
      ['secondary', 'scale'],
      ['secondary', 'detail'],
    ]);
    expect(record.images.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(batch.costUsd, 5);
    expect(batch.costUsd).toBeCloseTo(gemini.stats().billedUsd, 4);
  });

  test('whose main picture is refused gets no secondary ones, and the provider says why', async () => {
    await studio.startWorker();
    const { id } = await studio.submit([await aSku(1, { fault: '[[fault:blockedPrompt]]' }), await aSku(2)], {
      main: FAULTY,
      secondary: { kinds: ['detail', 'scale'] },
    });
    const batch = await studio.ended(id);
    expect(batch.calls).toEqual({ made: 5, reused: 0, failed: 2 });
    const { state, record } = await skuOf(id, 'S1');
    expect(state).toBe('failed');
    expect(record.images).toEqual([]);
    expect(record.failure).toMatchObject({ code: 'MODEL_REFUSED', stage: 'generate', retryable: false });
    expect(record.failure?.message).toContain('PROHIBITED_CONTENT');
    expect((await skuOf(id, 'S2')).record.images).toHaveLength(3);
  });

  test('whose one secondary picture is refused keeps the others, and fails with the reason', async () => {
    await studio.startWorker();
    const { id } = await studio.submit([await aSku(1)], {
      secondary: { kinds: ['detail'], extraPrompt: '[[fault:imageSafety]]' },
    });
    const batch = await studio.ended(id);
    expect(batch).toMatchObject({ images: { expected: 2, done: 1 }, calls: { made: 3, failed: 2 } });
    const { state, record } = await skuOf(id, 'S1');
    expect(state).toBe('failed');
    expect(record.images.map(({ kind }) => kind)).toEqual(['main']);
    expect(record.failure?.code).toBe('MODEL_REFUSED');
    expect(record.failure?.message).toContain('IMAGE_SAFETY');
  });
});

describe('a source that cannot be used', () => {
  test('fails its own SKU with its own reason, costs nothing, and touches no other', async () => {
    await studio.startWorker({ ALLOW_PRIVATE_SOURCES: 'false', SOURCE_ALLOW_ORIGINS: supplier.origin });
    const sources: Record<string, string> = {
      gone: `${supplier.origin}/gone.jpg`,
      svg: supplier.serve('/drawing.svg', svgDrawing(), { contentType: 'image/svg+xml' }),
      cut: supplier.serve('/cut.jpg', await truncatedJpeg()),
      pixel: supplier.serve('/pixel.png', await plain(1)),
      icon: supplier.serve('/icon.png', await plain(99)),
      loopback: `http://127.0.0.1:${redis.port}/x.jpg`,
      metadata: 'http://169.254.169.254/latest/meta-data/x.jpg',
      file: 'file:///etc/passwd',
      good: await photo(1),
    };
    const skus = Object.entries(sources).map(([sku, url]) => ({ sku, images: [{ url }] }));
    const { id } = await studio.submit(skus);
    const batch = await studio.ended(id);
    const codes = await Promise.all(
      skus.map(async ({ sku }) => [sku, (await skuOf(id, sku)).record.failure?.code]),
    );
    expect(Object.fromEntries(codes)).toEqual({
      gone: 'SOURCE_NOT_FOUND',
      svg: 'SOURCE_UNSUPPORTED',
      cut: 'SOURCE_NOT_AN_IMAGE',
      pixel: 'SOURCE_TOO_SMALL',
      icon: 'SOURCE_TOO_SMALL',
      loopback: 'SOURCE_FORBIDDEN_ADDRESS',
      metadata: 'SOURCE_FORBIDDEN_ADDRESS',
      file: 'SOURCE_FORBIDDEN_ADDRESS',
      good: undefined,
    });
    expect(batch.counts).toMatchObject({ total: 9, failed: 8 });
    expect(batch.calls).toEqual({ made: 1, reused: 0, failed: 0 });
    expect(gemini.stats().accepted).toBe(1);
  });
});

describe('a model that stumbles', () => {
  test('is asked again until it brings the picture, and every request is counted', async () => {
    await studio.startWorker();
    // What may have bought a picture is met once; a second time would be the last.
    const times = {
      noImage: 2,
      textOnly: 2,
      e500: 2,
      e502: 2,
      e503: 2,
      empty: 1,
      badJson: 1,
      corrupt: 1,
      reset: 1,
      truncated: 1,
    };
    const skus = await Promise.all(
      Object.entries(times).map(([fault, count], n) => aSku(n, { fault: `[[fault:${fault}:${count}]]` })),
    );
    const { id } = await studio.submit(skus, { main: FAULTY });
    const batch = await studio.ended(id);
    expect(batch.counts).toMatchObject({ total: 10, failed: 0 });
    expect(batch.calls).toEqual({ made: 25, reused: 0, failed: 15 });
    expect(gemini.stats().accepted).toBe(25);
    expect(gemini.stats().faults).toEqual(times);
    const { calls } = await studio.api.fleetTotals();
    expect(Object.fromEntries(calls.map(({ outcome, count }) => [outcome, count]))).toEqual({
      ok: 10,
      noImage: 4,
      malformed: 2,
      badImage: 1,
      server: 4,
      overloaded: 2,
      network: 2,
    });
    const made = await studio.api.boardQueues()[1]?.getCompleted();
    expect(made?.map(({ attemptsMade }) => attemptsMade).sort()).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
  });

  test('by a wrong key stops the calls, tells the operator, fails nobody, and goes on with the right one', async () => {
    const wrongKey = 'AIza-wrong-wrong-wrong';
    const stop = await studio.startWorker({ GEMINI_API_KEY: wrongKey });
    const { id } = await studio.submit([await aSku(1), await aSku(2), await aSku(3)]);
    const aiQueue = studio.api.boardQueues()[1];
    await eventually(async () => {
      expect((await studio.api.operatorMessages()).map(({ code }) => code)).toEqual(['MODEL_MISCONFIGURED']);
      expect(await aiQueue?.isPaused()).toBe(true);
      expect((await studio.api.batch(id))?.counts.active).toBe(3);
    });
    const [message] = await studio.api.operatorMessages();
    expect(message?.message).toContain('API key not valid');
    expect(message?.message).not.toContain(wrongKey);
    await stop();
    expect((await studio.api.batch(id))?.counts.failed).toBe(0);
    await studio.startWorker();
    const batch = await studio.ended(id);
    expect(batch.counts).toMatchObject({ total: 3, failed: 0 });
    expect(await studio.api.operatorMessages()).toEqual([]);
    expect(await aiQueue?.isPaused()).toBe(false);
    expect(gemini.stats().accepted).toBe(3);
  });

  test('by the wrong key of one worker does not stop the other, which has the right one', async () => {
    await studio.startWorker({ GEMINI_API_KEY: 'AIza-wrong-wrong-wrong' });
    const first = await studio.submit([await aSku(1), await aSku(2), await aSku(3)]);
    await eventually(async () => expect(await studio.api.operatorMessages()).toHaveLength(1));
    await studio.startWorker();
    expect((await studio.ended(first.id)).counts).toMatchObject({ total: 3, failed: 0 });
    const refusals = gemini.stats().unauthorised;
    const more = await Promise.all(Array.from({ length: 12 }, (_, n) => aSku(10 + n)));
    const second = await studio.submit(more);
    expect((await studio.ended(second.id)).counts).toMatchObject({ total: 12, failed: 0 });
    expect(await studio.api.operatorMessages()).toEqual([]);
    expect(gemini.stats().accepted).toBe(15);
    // BullMQ lets a paused worker take the one job that it was waiting for.
    expect(gemini.stats().unauthorised).toBeLessThanOrEqual(refusals + 1);
  });

  test('does not exist: the batch that named it fails, and no other', async () => {
    gemini.configure({ models: ['gemini-nano-banana-2.1'] });
    await studio.startWorker();
    const wrong = await studio.submit([await aSku(1), await aSku(2)], { model: 'nano-banana-typo' });
    const right = await studio.submit([await aSku(3)]);
    expect(await studio.ended(wrong.id)).toMatchObject({ status: 'failed', counts: { failed: 2 } });
    expect(await studio.ended(right.id)).toMatchObject({ status: 'completed', counts: { failed: 0 } });
    const { failure } = (await skuOf(wrong.id, 'S1')).record;
    expect(failure?.code).toBe('MODEL_MISCONFIGURED');
    expect(failure?.message).toContain('nano-banana-typo');
    expect(await studio.api.operatorMessages()).toEqual([]);
    expect(await studio.api.boardQueues()[1]?.isPaused()).toBe(false);
  });
});

describe('a paid picture', () => {
  test('waits for its photo to be prepared anew when that has expired meanwhile, and is bought once', async () => {
    gemini.configure({ latencyMs: 2000 });
    await studio.startWorker({ AI_CONCURRENCY: '1' });
    const { id } = await studio.submit([await aSku(70), await aSku(71)]);
    const photos = join(studio.folder, 'inputs');
    await eventually(async () => expect(await readdir(photos)).toHaveLength(2));
    await eventually(() => expect(gemini.stats().requests).toBeGreaterThan(0));
    for (const name of await readdir(photos)) await rm(join(photos, name));
    const { counts, calls } = await studio.ended(id);
    expect([counts.completed, calls]).toEqual([2, { made: 2, reused: 0, failed: 0 }]);
    const attempts = (await studio.api.skus(id, { limit: 9 })).items.map(({ record }) => record.attempts);
    expect(attempts).toEqual([1, 1]);
  });

  test('that is gone from the store is bought again, once', async () => {
    await studio.startWorker();
    const skus = [await aSku(1)];
    await studio.ended((await studio.submit(skus)).id);
    const pictures = await readdir(join(studio.folder, 'ai'));
    expect(pictures).toHaveLength(1);
    await rm(join(studio.folder, 'ai', pictures[0] ?? ''));
    const again = await studio.ended((await studio.submit(skus)).id);
    expect(again).toMatchObject({ counts: { failed: 0 }, calls: { made: 1, reused: 0, failed: 0 } });
    const third = await studio.ended((await studio.submit(skus)).id);
    expect(third.calls).toEqual({ made: 0, reused: 1, failed: 0 });
    expect(gemini.stats().accepted).toBe(2);
  });

  /** Files of pictures that were paid for. */
  const paidFiles = async () =>
    (await readdir(join(studio.folder, 'ai'))).map((name) => join(studio.folder, 'ai', name));

  test.each<[string, (bytes: Buffer) => Promise<Buffer> | Buffer]>([
    ['is empty in the store', () => Buffer.alloc(0)],
    ['was cut short', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['is a page of a gateway', () => Buffer.from('<html>Please log in</html>')],
    [
      'is another picture of the same size',
      (bytes) => Buffer.from(bytes).fill(0x20, bytes.length - 600, bytes.length - 2),
    ],
    ['is another picture', () => plain(300)],
  ])('that %s is bought again, once', async (_, damage) => {
    await studio.startWorker();
    const skus = [await aSku(1)];
    await studio.ended((await studio.submit(skus)).id);
    const [file = ''] = await paidFiles();
    await writeFile(file, await damage(await readFile(file)));
    const again = await studio.ended((await studio.submit(skus)).id);
    expect(again).toMatchObject({ counts: { failed: 0 }, calls: { made: 1, reused: 0, failed: 0 } });
    const third = await studio.ended((await studio.submit(skus)).id);
    expect(third.calls).toEqual({ made: 0, reused: 1, failed: 0 });
    expect(gemini.stats().accepted).toBe(2);
  });

  test('in the store is believed without its entry only when it is a picture', async () => {
    await studio.startWorker();
    const skus = [await aSku(1)];
    await studio.ended((await studio.submit(skus)).id);
    const [file = ''] = await paidFiles();
    // Another installation, whose ledger is empty, on a store that has the picture: whole, then not.
    for (const [content, made] of [
      [await readFile(file), 0],
      [Buffer.from('nothing of a picture'), 1],
    ] as const) {
      const other = await openWorkerFixture({ redisUrl: redis.url, gemini });
      await mkdir(join(other.folder, 'ai'), { recursive: true });
      await writeFile(join(other.folder, 'ai', basename(file)), content);
      await other.startWorker();
      const batch = await other.ended((await other.submit(skus)).id);
      expect(batch).toMatchObject({ counts: { failed: 0 }, calls: { made, failed: 0 } });
      await other.close();
    }
  });

  test('that the store loses each time is bought twice, and then its SKU says so', async () => {
    await studio.startWorker();
    const skus = [await aSku(1)];
    await studio.ended((await studio.submit(skus)).id);
    for (const file of await paidFiles()) await writeFile(file, 'gone bad');
    await studio.ended((await studio.submit(skus)).id);
    for (const file of await paidFiles()) await writeFile(file, 'gone bad again');
    const { id } = await studio.submit(skus);
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 1 }, calls: { made: 0 } });
    const { failure } = (await skuOf(id, 'S1')).record;
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: false });
    expect(failure?.message).toMatch(
      /has 14 bytes in the object store instead of \d+, as the one bought before it/,
    );
    expect(gemini.stats().accepted).toBe(2);
    // Whoever retries has mended the store.
    await studio.api.retry(id, {});
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 0 }, calls: { made: 1 } });
    expect(gemini.stats().accepted).toBe(3);
  });

  test('is never of a damaged photo: that is prepared anew', async () => {
    gemini.configure({ latencyMs: 1500 });
    await studio.startWorker({ AI_CONCURRENCY: '1' });
    const { id } = await studio.submit([await aSku(70), await aSku(71)]);
    const photos = join(studio.folder, 'inputs');
    await eventually(async () => expect(await readdir(photos)).toHaveLength(2));
    await eventually(() => expect(gemini.stats().requests).toBeGreaterThan(0));
    for (const name of await readdir(photos)) {
      const whole = await readFile(join(photos, name));
      await writeFile(join(photos, name), whole.fill(0, whole.length >> 1));
    }
    const { counts, calls } = await studio.ended(id);
    expect([counts.failed, calls]).toEqual([0, { made: 2, reused: 0, failed: 0 }]);
    for (const body of gemini.bodies()) expect(await photosOf(body)).toHaveLength(1);
  });

  test('that two batches want at the same moment is bought once', async () => {
    gemini.configure({ latencyMs: 400 });
    await studio.startWorker();
    const first = await studio.submit([await aSku(1)]);
    const second = await studio.submit([await aSku(1)]);
    const [one, two] = [await studio.ended(first.id), await studio.ended(second.id)];
    expect(gemini.stats().accepted).toBe(1);
    expect(one.counts.failed + two.counts.failed).toBe(0);
    expect([one.calls, two.calls]).toEqual(
      expect.arrayContaining([
        { made: 1, reused: 0, failed: 0 },
        { made: 0, reused: 1, failed: 0 },
      ]),
    );
    expect(one.costUsd * two.costUsd).toBe(0);
  });

  test('waits for a store that went away while it was made, and is not bought again', async () => {
    gemini.configure({ latencyMs: 500 });
    await studio.startWorker();
    const { id } = await studio.submit([await aSku(1)]);
    await eventually(() => expect(gemini.stats().accepted).toBe(1));
    const bringBack = await studio.takeStoreAway();
    await eventually(() => expect(gemini.stats().pictures).toBe(1));
    // Long enough for the first try to fail.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await studio.api.batch(id)).toMatchObject({ finishedAt: null, images: { done: 0 } });
    await bringBack();
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 0 }, calls: { made: 1, failed: 0 } });
    expect(gemini.stats().accepted).toBe(1);
  });
});

describe('the manifest in the store', () => {
  interface Manifest {
    batch: { seq: number; counts: object };
    items: { sku: string; state: string; key?: string; url?: string | null; failure?: { code: string } }[];
  }
  const manifestOf = async (id: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(studio.folder, 'batches', id, 'manifest.json'), 'utf8'));

  test('says what an ended batch brought, is enough to find the pictures, and follows a retry', async () => {
    await studio.startWorker();
    const gone = { sku: 'S2', images: [{ url: `${supplier.origin}/gone.jpg` }] };
    const { id } = await studio.submit([await aSku(1, { Colour: 'red' }), gone]);
    const { seq } = await studio.ended(id);
    const manifest = await eventually(async () => {
      const found = await manifestOf(id);
      expect(found.batch).toMatchObject({ seq, counts: { completed: 1, failed: 1 } });
      return found;
    });
    expect(manifest.items).toMatchObject([
      { sku: 'S1', state: 'completed', url: null },
      { sku: 'S2', state: 'failed', failure: { code: 'SOURCE_NOT_FOUND' } },
    ]);
    expect((await readFile(join(studio.folder, manifest.items[0]?.key ?? ''))).length).toBeGreaterThan(0);
    const csv = await eventually(() => readFile(join(studio.folder, 'batches', id, 'manifest.csv'), 'utf8'));
    expect(csv.split('\r\n').map((line) => line.split(',').at(-1))).toEqual(['Colour', 'red', '', '']);

    supplier.serve('/gone.jpg', await productPhoto({ seed: 7, colour: distinctColour(7) }));
    await studio.api.retry(id, {});
    await studio.ended(id);
    await eventually(async () =>
      expect((await manifestOf(id)).items.map(({ state }) => state)).toEqual(['completed', 'completed']),
    );
  });

  test('is written of a batch that ended before a worker came', async () => {
    const { id } = await studio.submit([await aSku(1)]);
    await studio.api.cancel(id);
    await studio.startWorker();
    await eventually(async () =>
      expect((await manifestOf(id)).items).toMatchObject([{ state: 'cancelled' }]),
    );
  });

  test('waits for a store that is away', async () => {
    await studio.startWorker();
    const bringBack = await studio.takeStoreAway();
    const { id } = await studio.submit([await aSku(1)]);
    await studio.api.cancel(id);
    await eventually(async () => expect(await studio.api.operatorMessages()).toHaveLength(1));
    await bringBack();
    await eventually(async () =>
      expect((await manifestOf(id)).items).toMatchObject([{ state: 'cancelled' }]),
    );
  });
});

describe('a store that is away', () => {
  test('fails no SKU, spends no attempt, and says so until it is back', async () => {
    const stop = await studio.startWorker();
    const bringBack = await studio.takeStoreAway();
    const { id } = await studio.submit(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => aSku(n))));
    await eventually(async () => {
      expect(await studio.api.operatorMessages()).toEqual([
        expect.objectContaining({
          code: 'STORE_UNAVAILABLE',
          message: expect.stringMatching(/the folder is gone|a file stands where a folder is needed/),
        }),
      ]);
      // Whoever had started was handed back, and nobody starts.
      expect((await studio.api.queueCounts()).sku).toMatchObject({ active: 0 });
      expect((await studio.api.workers())[0]).toMatchObject({ activeSkus: 0 });
    });
    expect(gemini.stats().accepted).toBe(0);
    await bringBack();
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 0 }, calls: { made: 6, failed: 0 } });
    for (const { record } of (await studio.api.skus(id, { limit: 10 })).items)
      expect(record.attempts).toBe(1);
    expect(await studio.api.operatorMessages()).toEqual([]);
    await stop();
  });

  test('is noticed by a worker that starts without it', async () => {
    await studio.startWorker().then((stop) => stop());
    const bringBack = await studio.takeStoreAway();
    const { id } = await studio.submit([await aSku(1)]);
    await studio.startWorker();
    await eventually(async () => expect(await studio.api.operatorMessages()).toHaveLength(1));
    expect(await studio.api.batch(id)).toMatchObject({ counts: { failed: 0 } });
    await bringBack();
    expect(await studio.ended(id)).toMatchObject({ counts: { failed: 0 } });
  });
});

describe('a job of another version', () => {
  test('is handed back on both queues, again and again, and does not stop the others', async () => {
    const [sku, ai] = studio.api.boardQueues();
    const payload = { v: 2, batchId: 'b1', index: 0, run: 1, something: 'new' };
    const jobs = await Promise.all([sku, ai].map((queue) => queue?.add('new', payload, { priority: 1 })));
    await studio.startWorker();
    await eventually(async () => {
      for (const [at, queue] of [sku, ai].entries()) {
        const job = await queue?.getJob(jobs[at]?.id ?? '');
        expect(job?.attemptsStarted).toBeGreaterThan(1);
        expect(job).toMatchObject({ attemptsMade: 0, data: payload });
        expect(job?.finishedOn).toBeUndefined();
      }
    });
    expect((await studio.ended((await studio.submit([await aSku(1)])).id)).counts.failed).toBe(0);
  });
});

interface CallBody {
  contents: { parts: { inlineData?: { data: string } }[] }[];
}

/** Which colours a request's photos show, in order: the number of each photo. */
async function photosOf(body: unknown): Promise<number[]> {
  const parts = (body as CallBody).contents.flatMap(({ parts }) => parts);
  const data = parts.flatMap(({ inlineData }) => (inlineData ? [inlineData.data] : []));
  return Promise.all(data.map((base64) => numberOfPhoto(Buffer.from(base64, 'base64'))));
}

async function numberOfPhoto(bytes: Buffer): Promise<number> {
  const { channels } = await sharp(bytes).extract({ left: 75, top: 75, width: 10, height: 10 }).stats();
  const [r = 0, g = 0, b = 0] = channels.map(({ mean }) => mean);
  const distance = (n: number) => {
    const colour = distinctColour(n);
    return Math.abs(colour.r - r) + Math.abs(colour.g - g) + Math.abs(colour.b - b);
  };
  return [1, 2, 3].sort((one, other) => distance(one) - distance(other))[0] ?? 0;
}
