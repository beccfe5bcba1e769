import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { exampleRequest as examplePicture } from '@image-studio/imaging/testing';
import sharp from 'sharp';
import { type ImageModel, ModelError, type ModelRequest } from './image-model.ts';

/** A model under test, and a look behind it. */
export interface ModelUnderTest {
  model: ImageModel;
  /** Requests that have left for the provider; 0 for an engine without one. */
  requestsSent(): number;
  /** Makes the next call last until it is aborted; absent where calls cannot be held. */
  hold?(request: ModelRequest): ModelRequest;
}

export interface ContractClause {
  name: string;
  verify(subject: ModelUnderTest): Promise<void>;
}

/** What every `ImageModel` promises. One list, run over each implementation by its own test file. */
export const IMAGE_MODEL_CONTRACT: ContractClause[] = [
  ...['1:1', '3:4', '16:9'].map((aspectRatio) => ({
    name: `answers a decodable picture at the asked ratio ${aspectRatio}`,
    async verify({ model }: ModelUnderTest) {
      const answer = await model.generate(
        await exampleRequest({ aspectRatio }),
        new AbortController().signal,
      );
      const { width, height, format } = await sharp(answer.image).metadata();
      const [across = 1, down = 1] = aspectRatio.split(':').map(Number);
      const error = width / height / (across / down) - 1;
      assert.ok(Math.abs(error) <= 0.02, `${width}×${height} is not ${aspectRatio}`);
      assert.equal(answer.mime, `image/${format}`);
      assert.ok(answer.costUsd >= 0);
    },
  })),
  {
    name: 'refuses a signal that has already fired, before anything is sent',
    async verify({ model, requestsSent }) {
      const before = requestsSent();
      const error = await rejection(model.generate(await exampleRequest(), AbortSignal.abort()));
      assert.equal(error.kind, 'cancelled');
      assert.equal(requestsSent(), before);
    },
  },
  {
    name: 'rejects with `cancelled` when the signal fires while it works',
    async verify({ model, hold }) {
      const request = await exampleRequest();
      const controller = new AbortController();
      const answer = rejection(model.generate(hold ? hold(request) : request, controller.signal));
      setImmediate(() => controller.abort());
      assert.equal((await answer).kind, 'cancelled');
    },
  },
  {
    name: 'leaves no listener on the signal and no timer running',
    async verify({ model }) {
      const { signal } = new AbortController();
      const timers = await timersLeftBy(async () => {
        await model.generate(await exampleRequest(), signal);
        await model.generate(await exampleRequest({ aspectRatio: 'wide' }), signal).catch(() => undefined);
      });
      assert.equal(getEventListeners(signal, 'abort').length, 0);
      assert.equal(timers, 0);
    },
  },
  {
    name: 'rejects a photo that is none with `badPhoto`',
    async verify({ model }) {
      const request = await exampleRequest({
        inputs: [{ mime: 'image/jpeg', data: Buffer.from('not a photo') }],
      });
      assert.equal((await rejection(model.generate(request, new AbortController().signal))).kind, 'badPhoto');
    },
  },
  {
    name: 'names its capabilities and prices for any model name',
    async verify({ model }) {
      for (const name of [model.defaultModel, 'a-model-nobody-knows']) {
        const { aspectRatios, imageSizes, maxInputImages, requestMaxBytes } = model.capabilities(name);
        assert.ok(aspectRatios.includes('1:1') && imageSizes.includes('1K'));
        assert.ok(maxInputImages >= 1 && requestMaxBytes >= 1_000_000);
        assert.ok(model.estimateUsd({ model: name, imageSize: '1K', inputs: [{}] }) >= 0);
      }
    },
  },
  {
    name: 'warms up without sending a call',
    async verify({ model, requestsSent }) {
      const before = requestsSent();
      await model.warmUp(new AbortController().signal);
      assert.equal(requestsSent(), before);
    },
  },
];

/** A request that every model can answer: a red box on a light background. */
export async function exampleRequest(change: Partial<ModelRequest> = {}): Promise<ModelRequest> {
  return {
    ...(await examplePicture()),
    model: 'gemini-nano-banana-2.1',
    prompt: 'The product on white.',
    timeoutMs: 20_000,
    ...change,
  };
}

/** The `ModelError` with which `promise` rejects; fails the test on anything else. */
export async function rejection(promise: Promise<unknown>): Promise<ModelError> {
  const outcome = await promise.then(
    () => new Error('it resolved'),
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof ModelError, `expected a ModelError, got ${String(outcome)}`);
  return outcome;
}

/** Timers that `task` starts and neither lets run out nor clears. */
async function timersLeftBy(task: () => Promise<void>): Promise<number> {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const running = new Set<unknown>();
  globalThis.setTimeout = Object.assign(
    (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const timer = set(() => {
        running.delete(timer);
        callback(...args);
      }, ms);
      running.add(timer);
      return timer;
    },
    { __promisify__: set.__promisify__ },
  ) as typeof set;
  globalThis.clearTimeout = (timer) => {
    running.delete(timer);
    clear(timer);
  };
  try {
    await task();
    // The clock of the HTTP client and others of this process tick in less than that; the timer of a call does not end by itself.
    for (let waits = 0; running.size > 0 && waits < 100; waits += 1)
      await new Promise((tick) => set(tick, 20));
    return running.size;
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
}
