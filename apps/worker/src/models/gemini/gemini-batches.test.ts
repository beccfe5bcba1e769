import { inspectPicture } from '@image-studio/imaging';
import { eventually } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchedCall, BatchedResult, ModelBatches, ModelError } from '../image-model.ts';
import { exampleRequest, rejection } from '../image-model-contract.ts';
import { createGeminiModel } from './gemini.ts';

const KEY = 'AIzaSy-very-secret';
const MODEL = 'gemini-nano-banana-2.1';
const { signal } = new AbortController();

let standIn: GeminiStandIn;
let batches: ModelBatches;

beforeAll(async () => {
  standIn = await startGeminiStandIn({ apiKey: KEY });
});
beforeEach(() => {
  standIn.reset();
  standIn.configure({ batch: { hourMs: 200 } });
  batches = createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl: standIn.baseUrl })
    .batches as ModelBatches;
});
afterAll(() => standIn.close());

async function lines(count: number, prompt = 'On white.'): Promise<BatchedCall[]> {
  const { inputs, aspectRatio, imageSize } = await exampleRequest();
  const photos = inputs.map(({ mime, data }) => ({ mime, bytes: data.length, read: async () => data }));
  return Array.from({ length: count }, (_, at) => ({
    ...{ key: `call-${at}`, model: MODEL, imageSize, aspectRatio },
    ...{ prompt: `${prompt} Number ${at}.`, photos },
  }));
}

async function create(calls: BatchedCall[], displayName = 'studio-1'): Promise<string> {
  const file = await batches.upload(displayName, calls, new AbortController().signal);
  return batches.create({ model: MODEL, displayName, file });
}

async function ended(name: string) {
  let progress = await batches.read(name, signal);
  await eventually(async () => {
    progress = await batches.read(name, signal);
    expect(progress.state).not.toBe('open');
  });
  return progress;
}

async function resultsOf(name: string): Promise<Map<string, BatchedResult>> {
  const found = new Map<string, BatchedResult>();
  const { results } = await ended(name);
  await batches.results(
    results ?? '',
    () => ({ model: MODEL, imageSize: '1K' }),
    async (result) => void found.set(result.key, result),
    signal,
  );
  return found;
}

const faultOf = (result: BatchedResult | undefined) => result && 'fault' in result && result.fault;

describe('a batch of the provider', () => {
  test('brings each picture back under its key, at half its price', async () => {
    const name = await create(await lines(5));
    expect(await batches.read(name, signal)).toEqual({ state: 'open', results: null });
    const found = await resultsOf(name);
    expect([...found.keys()].sort()).toEqual(['call-0', 'call-1', 'call-2', 'call-3', 'call-4']);
    const one = found.get('call-3');
    if (!one || !('answer' in one)) throw new Error('it has no picture');
    expect(one.answer.mime).toBe('image/jpeg');
    expect(one.answer.costUsd * 2).toBeCloseTo((1320 * 1.5 + 1680 * 30 + 300 * 7.5) / 1e6);
    expect(standIn.stats().batches).toMatchObject([{ displayName: 'studio-1', model: MODEL, made: 5 }]);
  });

  test('is uploaded in pieces when its photos are many', async () => {
    const [call] = await lines(1);
    if (!call) throw new Error('there is no line');
    const large = Buffer.alloc(7_000_000, 7);
    const photos = [...call.photos, { mime: 'image/png', bytes: large.length, read: async () => large }];
    const calls = [1, 2, 3].map((at) => ({ ...call, key: `call-${at}`, photos }));
    expect([...(await resultsOf(await create(calls))).keys()].sort()).toEqual(['call-1', 'call-2', 'call-3']);
  });

  test('tells lines that failed, and leaves out those that never came', async () => {
    standIn.configure({ batch: { hourMs: 200, lineErrors: 0.3, missingLines: 0.3 } });
    const found = await resultsOf(await create(await lines(40)));
    const faults = [...found.values()].filter((result) => 'fault' in result);
    expect(faults.length).toBeGreaterThan(2);
    expect(found.size).toBeLessThan(40);
    expect(faultOf(faults[0])).toMatchObject({ kind: 'server', costUsd: 0 });
    expect(standIn.stats().batches[0]?.made).toBe(found.size - faults.length);
  });

  test('tells a refusal with what it cost', async () => {
    const found = await resultsOf(await create(await lines(1, '[[fault:imageSafety]]')));
    expect(faultOf(found.get('call-0'))).toMatchObject({ kind: 'blockedOutput' });
  });

  test('is found by its name among others, once the list shows it', async () => {
    standIn.configure({ batch: { hourMs: 200, listLagHours: 15 } });
    const [call] = await lines(1);
    if (!call) throw new Error('there is no line');
    const names = await Promise.all(
      Array.from({ length: 105 }, (_, at) => create([call], at === 3 ? 'mine' : 'x')),
    );
    expect(await batches.find('mine', signal)).toEqual([]);
    await eventually(async () => expect(await batches.find('mine', signal)).toEqual([names[3]]));
    expect(await batches.find('nobody', signal)).toEqual([]);
  });

  test('whose answer is lost may be there, one that was refused is not', async () => {
    standIn.configure({ batch: { hourMs: 200, refusedCreates: 1, lostCreates: 1 } });
    const calls = await lines(1);
    expect(await rejection(create(calls))).toMatchObject({ mayBeBought: false, httpStatus: 429 });
    expect(await rejection(create(calls))).toMatchObject({ mayBeBought: true, kind: 'network' });
    expect(await batches.find('studio-1', signal)).toHaveLength(1);
    expect(
      await rejection(batches.create({ model: MODEL, displayName: 'x', file: 'files/no' })),
    ).toMatchObject({ mayBeBought: false, kind: 'badRequest' });
  });

  test('that is cancelled ends later, and may keep what was made', async () => {
    standIn.configure({ batch: { hourMs: 200, hours: 24, cancelHours: 1, cancelKeeps: 0.5 } });
    const name = await create(await lines(4));
    await batches.cancel(name, signal);
    expect((await batches.read(name, signal)).state).toBe('open');
    expect((await ended(name)).state).toBe('cancelled');
    expect((await resultsOf(name)).size).toBe(2);
  });

  test('that expires brings nothing back', async () => {
    standIn.configure({ batch: { hourMs: 10, outcome: 'stuck' } });
    expect(await ended(await create(await lines(2)))).toEqual({ state: 'expired', results: null });
  });

  test('passes on what the reader of its results met, and shows nobody the key', async () => {
    const name = await create(await lines(2));
    const { results } = await ended(name);
    const full = new Error('the store is full');
    const take = () => Promise.reject(full);
    await expect(
      batches.results(results ?? '', () => ({ model: MODEL, imageSize: '1K' }), take, signal),
    ).rejects.toBe(full);
    const gone: ModelError = await rejection(batches.read('batches/nobody', signal));
    expect(gone.kind).toBe('modelGone');
    expect(JSON.stringify(gone) + gone.message).not.toContain(KEY);
  });
});
