import { StageError } from '@image-studio/contract';
import { createS3Store, type ObjectStore } from '@image-studio/storage';
import { eventually } from '@image-studio/testkit';
import { type S3StandIn, startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRetryingStore } from './retrying-store.ts';
import { createStoreGate, type StoreGate } from './store-gate.ts';
import { StoreUnavailable } from './store-unavailable.ts';

const PUT = { contentType: 'image/png' };
const picture = Buffer.from('a picture');

let s3: S3StandIn;
let objects: ObjectStore;
let gate: StoreGate;
let store: ObjectStore;
/** What the gate told the process. */
let told: string[];

beforeEach(async () => {
  s3 = await startS3StandIn();
  told = [];
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  objects = createS3Store({
    endpoint,
    bucket,
    region,
    accessKeyId,
    secretAccessKey,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  gate = createStoreGate(objects, {
    onShut: async (reason) => void told.push(reason),
    onOpen: async () => void told.push('open'),
    log: { info() {}, warn() {} },
    firstProbeMs: 10,
    patienceMs: 300,
  });
  store = createRetryingStore(objects, gate, { firstWaitMs: 1, firstPatienceMs: 250 });
});

afterEach(async () => {
  gate.close();
  await objects.close();
  await s3.close();
});

const down = () => ({ kind: 'error', status: 503, code: 'SlowDown' }) as const;

describe('the store as jobs see it', () => {
  test('tries again on the spot when one answer in two is bad', async () => {
    let requests = 0;
    s3.interfere(({ key }) => (key.startsWith('.') || ++requests % 2 === 0 ? undefined : down()));
    for (let n = 0; n < 5; n += 1) await store.put(`ai/${n}`, picture, PUT);
    expect(await store.get('ai/4')).toEqual(picture);
    expect(told).toEqual([]);
  });

  test('is away when everything fails, says why once, and is back by itself', async () => {
    s3.interfere(down);
    const tries = await Promise.allSettled([1, 2, 3].map((n) => store.put(`ai/${n}`, picture, PUT)));
    for (const outcome of tries) expect(outcome).toMatchObject({ reason: expect.any(StoreUnavailable) });
    await expect(store.get('ai/1')).rejects.toThrow(StoreUnavailable);
    expect(told).toEqual([expect.stringContaining('asks to slow down')]);
    s3.interfere(() => undefined);
    await gate.opened(new AbortController().signal);
    await store.put('ai/1', picture, PUT);
    await eventually(() => expect(told).toEqual([expect.any(String), 'open']));
  });

  test('is away while the key is wrong or the bucket is missing', async () => {
    for (const code of ['InvalidAccessKeyId', 'NoSuchBucket']) {
      s3.interfere(() => ({ kind: 'error', status: code === 'NoSuchBucket' ? 404 : 403, code }));
      await expect(store.put('ai/1', picture, PUT)).rejects.toThrow(StoreUnavailable);
      s3.interfere(() => undefined);
      await gate.opened(new AbortController().signal);
    }
  });

  test('is away when writing is refused, though what is there can be read', async () => {
    await objects.check();
    s3.interfere(({ operation }) =>
      operation === 'PutObject' ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined,
    );
    await expect(store.put('ai/1', picture, PUT)).rejects.toThrow(StoreUnavailable);
  });

  test('leaves every operation on a server that hangs', async () => {
    s3.interfere(() => ({ kind: 'hang' }));
    const hanging = [store.get('ai/1'), store.head('ai/1'), store.put('ai/1', picture, PUT)];
    const left = hanging.map((operation) => expect(operation).rejects.toThrow(StoreUnavailable));
    expect(await gate.stillWorks()).toBe(false);
    await Promise.all(left);
    expect(told).toEqual(['the object store did not answer within 300 ms']);
  });

  test('asks anew when one request is swallowed and the store works', async () => {
    let swallowed = 0;
    s3.interfere(({ key }) => (key.startsWith('.') || ++swallowed > 2 ? undefined : { kind: 'hang' }));
    const from = performance.now();
    await store.put('ai/1', picture, PUT);
    expect(performance.now() - from).toBeGreaterThan(240 + 490);
    expect(await store.get('ai/1')).toEqual(picture);
    expect(told).toEqual([]);
  });

  test("passes on one object's own fault", async () => {
    s3.interfere(({ key }) =>
      key === 'ai/bad' ? { kind: 'error', status: 400, code: 'KeyTooLongError' } : undefined,
    );
    const fault = store.put('ai/bad', picture, PUT);
    await expect(fault).rejects.toThrow(StageError);
    await expect(fault).rejects.not.toThrow(StoreUnavailable);
    expect(told).toEqual([]);
  });

  test("ends with its caller's signal", async () => {
    s3.interfere(({ key }) => (key === 'ai/1' ? { kind: 'hang' } : undefined));
    const cancel = new AbortController();
    const waiting = expect(store.get('ai/1', { signal: cancel.signal })).rejects.toBe('cancelled');
    cancel.abort('cancelled');
    await waiting;
  });
});
