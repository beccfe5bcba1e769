import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspectPicture } from '@image-studio/imaging';
import { eventually } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BatchedResult, ModelBatches } from '../image-model.ts';
import { rejection } from '../image-model-contract.ts';
import {
  type BatchesUnderTest,
  batchedCalls,
  create,
  ended,
  MODEL_BATCHES_CONTRACT,
  resultsOf,
} from '../model-batches-contract.ts';
import { createGeminiModel } from './gemini.ts';

const KEY = 'AIzaSy-very-secret';
const MODEL = 'gemini-nano-banana-2.1';
const { signal } = new AbortController();

let standIn: GeminiStandIn;
let subject: BatchesUnderTest;
let batches: ModelBatches;

const batchesAt = (baseUrl: string) =>
  createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl }).batches as ModelBatches;

beforeAll(async () => {
  standIn = await startGeminiStandIn({ apiKey: KEY });
});
beforeEach(() => {
  standIn.reset();
  standIn.configure({ batch: { hourMs: 200 } });
  batches = batchesAt(standIn.baseUrl);
  subject = {
    ...{ batches, model: MODEL, apiKey: KEY, callUsd: (1320 * 1.5 + 1680 * 30 + 300 * 7.5) / 1e6 },
    configure: ({ isFailing, ...how }) =>
      standIn.configure({
        batch: { hourMs: 200, cancelHours: 1, ...how, ...(isFailing && { outcome: 'failed' }) },
      }),
    made: () => standIn.stats().batches.reduce((sum, { made }) => sum + made, 0),
  };
});
afterAll(() => standIn.close());

const faultOf = (result: BatchedResult | undefined) => result && 'fault' in result && result.fault;

describe('Gemini keeps the contract of batches:', () => {
  test.each(MODEL_BATCHES_CONTRACT)('$name', async ({ verify }) => {
    await expect(verify(subject)).resolves.toBeUndefined();
  });
});

describe('a batch of Gemini', () => {
  test('is uploaded in pieces when its photos are many', async () => {
    const [call] = await batchedCalls(MODEL, 1);
    if (!call) throw new Error('there is no line');
    const large = Buffer.alloc(7_000_000, 7);
    const photos = [...call.photos, { mime: 'image/png', bytes: large.length, read: async () => large }];
    const calls = [1, 2, 3].map((at) => ({ ...call, key: `call-${at}`, photos }));
    const found = await resultsOf(subject, await create(subject, calls));
    expect([...found.keys()].sort()).toEqual(['call-1', 'call-2', 'call-3']);
  });

  test('leaves out lines that never came', async () => {
    standIn.configure({ batch: { hourMs: 200, missingLines: 0.5 } });
    const found = await resultsOf(subject, await create(subject, await batchedCalls(MODEL, 20)));
    expect(found.size).toBeLessThan(20);
    expect(standIn.stats().batches[0]?.made).toBe(found.size);
  });

  test('tells a refusal with what it cost', async () => {
    const calls = await batchedCalls(MODEL, 1, '[[fault:imageSafety]]');
    const found = await resultsOf(subject, await create(subject, calls));
    expect(faultOf(found.get('call-0'))).toMatchObject({ kind: 'blockedOutput' });
  });

  test('is found once the list shows it', async () => {
    standIn.configure({ batch: { hourMs: 200, listLagHours: 5 } });
    const name = await create(subject, await batchedCalls(MODEL, 1), 'mine');
    expect(await batches.find('mine', signal)).toEqual([]);
    await eventually(async () => expect(await batches.find('mine', signal)).toEqual([name]));
  });

  test('that expires brings nothing back', async () => {
    standIn.configure({ batch: { hourMs: 10, outcome: 'stuck' } });
    const name = await create(subject, await batchedCalls(MODEL, 2));
    expect(await ended(subject, name)).toEqual({ state: 'expired', results: null });
  });
});

describe('an answer about a batch', () => {
  /** A provider that answers each question with the next of these. */
  async function answering<T>(bodies: object[], work: (batches: ModelBatches) => Promise<T>): Promise<T> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(bodies.shift()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await work(batchesAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test.each([
    [
      'with the words of the SDKs',
      { metadata: { state: 'JOB_STATE_SUCCEEDED' }, response: { responsesFile: 'files/r' } },
    ],
    ['without the operation around it', { state: 'BATCH_STATE_SUCCEEDED', dest: { fileName: 'files/r' } }],
    ['without a state', { done: true, metadata: { output: { responsesFile: 'files/r' } } }],
  ])('is read %s', async (_, body) => {
    const read = await answering([{ name: 'batches/1', ...body }], (one) => one.read('batches/1', signal));
    expect(read).toEqual({ state: 'succeeded', results: 'files/r' });
  });

  test('that ended with an error of its own is that of a failed batch, not a failed question', async () => {
    const body = { name: 'batches/1', done: true, error: { code: 13, message: 'An internal error' } };
    expect(await answering([body], (one) => one.read('batches/1', signal))).toEqual({
      state: 'failed',
      results: null,
    });
  });

  test('that names no results of a success is not believed: its pictures would be bought again', async () => {
    const body = { name: 'batches/1', done: true, metadata: { state: 'BATCH_STATE_SUCCEEDED' } };
    const error = await answering([body], (one) => rejection(one.read('batches/1', signal)));
    expect(error.kind).toBe('malformed');
  });
});
