import assert from 'node:assert/strict';
import { eventually } from '@image-studio/testkit';
import type { BatchedCall, BatchedResult, ModelBatches } from './image-model.ts';
import { exampleRequest, rejection } from './image-model-contract.ts';

/** Batches of a provider under test, and its stand-in, whose hours are short. */
export interface BatchesUnderTest {
  batches: ModelBatches;
  model: string;
  /** Never shown to anybody. */
  apiKey: string;
  /** What a call of its own costs (US dollars). */
  callUsd: number;
  configure(how: {
    lostCreates?: number;
    refusedCreates?: number;
    lineErrors?: number;
    /** Hours from a create to the end. */
    hours?: number;
    /** How many of the lines have been made when a cancel takes effect. */
    cancelKeeps?: number;
    isFailing?: boolean;
  }): void;
  /** Pictures that all batches have made, and that were billed. */
  made(): number;
}

export interface BatchesClause {
  name: string;
  verify(subject: BatchesUnderTest): Promise<void>;
}

const { signal } = new AbortController();

/** What every `ModelBatches` promises. One list, run over each implementation by its own test file. */
export const MODEL_BATCHES_CONTRACT: BatchesClause[] = [
  {
    name: 'brings each picture back under its key, at half its price',
    async verify(subject) {
      const name = await create(subject, await batchedCalls(subject.model, 5));
      assert.deepEqual(await subject.batches.read(name, signal), { state: 'open', results: null });
      const found = await resultsOf(subject, name);
      assert.deepEqual([...found.keys()].sort(), ['call-0', 'call-1', 'call-2', 'call-3', 'call-4']);
      const one = found.get('call-3');
      assert.ok(one && 'answer' in one);
      assert.equal(one.answer.mime, 'image/jpeg');
      assert.ok(Math.abs(one.answer.costUsd * 2 - subject.callUsd) < 1e-9);
      assert.equal(subject.made(), 5);
    },
  },
  {
    name: 'tells lines that failed, which cost nothing',
    async verify(subject) {
      subject.configure({ lineErrors: 0.4 });
      const found = await resultsOf(subject, await create(subject, await batchedCalls(subject.model, 20)));
      const faults = [...found.values()].flatMap((result) => ('fault' in result ? [result.fault] : []));
      assert.equal(found.size, 20);
      assert.ok(faults.length > 2 && faults.length < 18);
      assert.ok(faults.every(({ kind, costUsd }) => kind === 'server' && costUsd === 0));
      assert.equal(subject.made(), 20 - faults.length);
    },
  },
  {
    name: 'finds a batch again by its name, among others of many pages',
    async verify(subject) {
      const [call] = await batchedCalls(subject.model, 1);
      assert.ok(call);
      const names = await Promise.all(
        Array.from({ length: 105 }, (_, at) => create(subject, [call], at === 3 ? 'mine' : 'x')),
      );
      assert.deepEqual(await subject.batches.find('mine', signal), [names[3]]);
      assert.deepEqual(await subject.batches.find('nobody', signal), []);
    },
  },
  {
    name: 'says of a create that was refused that there is none, and of one whose answer was lost that there may be',
    async verify(subject) {
      subject.configure({ refusedCreates: 1, lostCreates: 1 });
      const calls = await batchedCalls(subject.model, 1);
      const refused = await rejection(create(subject, calls, 'refused'));
      assert.deepEqual([refused.mayBeBought, refused.httpStatus], [false, 429]);
      assert.deepEqual(await subject.batches.find('refused', signal), []);
      const lost = await rejection(create(subject, calls, 'lost'));
      assert.deepEqual([lost.mayBeBought, lost.kind], [true, 'network']);
      assert.equal((await subject.batches.find('lost', signal)).length, 1);
      const { model } = subject;
      const order = { model, displayName: 'x', file: 'files/none', timeoutMs: 10_000 };
      assert.equal((await rejection(subject.batches.create(order))).mayBeBought, false);
    },
  },
  {
    name: 'ends after a cancel, not at once, and keeps what was made',
    async verify(subject) {
      subject.configure({ hours: 24, cancelKeeps: 0.5 });
      const name = await create(subject, await batchedCalls(subject.model, 4));
      await subject.batches.cancel(name, signal);
      assert.equal((await subject.batches.read(name, signal)).state, 'open');
      assert.equal((await ended(subject, name)).state, 'cancelled');
      assert.equal((await resultsOf(subject, name)).size, 2);
    },
  },
  {
    name: 'tells a batch that failed as a whole',
    async verify(subject) {
      subject.configure({ isFailing: true });
      const name = await create(subject, await batchedCalls(subject.model, 1));
      assert.deepEqual(await ended(subject, name), { state: 'failed', results: null });
    },
  },
  {
    name: 'passes on what the reader of its results met, and shows nobody the key',
    async verify(subject) {
      const name = await create(subject, await batchedCalls(subject.model, 2));
      const { results } = await ended(subject, name);
      const full = new Error('the store is full');
      const request = { model: subject.model, imageSize: '1K' } as const;
      const reading = subject.batches.results(
        results ?? '',
        () => request,
        () => Promise.reject(full),
        signal,
      );
      await assert.rejects(reading, (error) => error === full);
      const gone = await rejection(subject.batches.read('batches/nobody', signal));
      assert.equal(gone.kind, 'modelGone');
      assert.ok(!`${JSON.stringify(gone)}${gone.message}${gone.stack}`.includes(subject.apiKey));
    },
  },
];

/** So many lines of the same photo; their words differ. */
export async function batchedCalls(
  model: string,
  count: number,
  prompt = 'On white.',
): Promise<BatchedCall[]> {
  const { inputs, aspectRatio, imageSize } = await exampleRequest();
  const photos = inputs.map(({ mime, data }) => ({ mime, bytes: data.length, read: async () => data }));
  return Array.from({ length: count }, (_, at) => ({
    ...{ key: `call-${at}`, model, imageSize, aspectRatio },
    ...{ prompt: `${prompt} Number ${at}.`, photos },
  }));
}

type Subject = Pick<BatchesUnderTest, 'batches' | 'model'>;

export async function create({ batches, model }: Subject, calls: BatchedCall[], displayName = 'studio-1') {
  const file = await batches.upload(displayName, calls, signal);
  return batches.create({ model, displayName, file, timeoutMs: 10_000 });
}

export async function ended({ batches }: Subject, name: string) {
  let progress = await batches.read(name, signal);
  await eventually(async () => {
    progress = await batches.read(name, signal);
    if (progress.state === 'open') throw new Error('it goes on');
  });
  return progress;
}

export async function resultsOf(subject: Subject, name: string): Promise<Map<string, BatchedResult>> {
  const found = new Map<string, BatchedResult>();
  const { results } = await ended(subject, name);
  await subject.batches.results(
    results ?? '',
    () => ({ model: subject.model, imageSize: '1K' }),
    async (result) => void found.set(result.key, result),
    signal,
  );
  return found;
}
