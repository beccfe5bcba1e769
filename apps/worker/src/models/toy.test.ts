import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspectPicture } from '@image-studio/imaging';
import { traitsOf } from '@image-studio/planning';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';
import type { Adapter } from './adapter.ts';
import { ADAPTERS } from './adapters.ts';
import { IMAGE_MODEL_CONTRACT } from './image-model-contract.ts';
import { toOpenaiError } from './openai/openai-fault.ts';
import { guardCall } from './request/guard-call.ts';
import { sendRequest } from './request/send-request.ts';

/** A provider that nobody has heard of: a photo goes in, a picture comes out. What a new adapter's one file would hold. */
const toy: Adapter = ({ baseUrl = '', traits }, { inspect }) => ({
  ...traits,
  generate: ({ inputs, aspectRatio, timeoutMs }, signal) =>
    guardCall({ signal, timeoutMs, apiKey: '', toModelError: toOpenaiError }, async (own) => {
      const body = new Uint8Array(inputs[0]?.data ?? []);
      const url = `${baseUrl}/draw?ratio=${aspectRatio}`;
      const { bytes: image } = await sendRequest(url, { method: 'POST', body, signal: own });
      const { mime } = await inspect(image);
      const usage = { promptTokens: 0, imageTokens: 0, textTokens: 0 };
      return { image, mime, usage, costUsd: 0.01 };
    }),
  warmUp: async () => {},
  close: async () => {},
});
/** The one line. */
const adapters = { ...ADAPTERS, toy };

let redis: TestRedis;
let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: WorkerFixture | undefined;
let server: Server;
let requests = 0;
let baseUrl = '';

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  supplier = await startSupplier();
  server = createServer(async (request, response) => {
    requests += 1;
    const [across = 1, down = 1] =
      /ratio=(\d+):(\d+)/
        .exec(request.url ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    for await (const _ of request);
    response.end(
      await productPhoto({
        seed: requests,
        colour: distinctColour(requests),
        width: 160 * across,
        height: 160 * down,
      }),
    );
  });
  // The suite counts the timers of this process, in which this server lives, too.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await studio?.close();
  server.closeAllConnections();
  await Promise.all([
    new Promise((resolve) => server.close(resolve)),
    supplier.close(),
    gemini.close(),
    redis.stop(),
  ]);
});

const abilities = { photos: 1, ratios: ['1:1', '3:4', '16:9'] };

describe('a provider of one file and one line', () => {
  const clauses = IMAGE_MODEL_CONTRACT.filter(({ name }) => !name.includes('photo that is none'));
  test.each(clauses)('keeps the contract: $name', async ({ verify }) => {
    const choice = { engine: 'toy', defaultModel: 'toy-1', aspectRatios: abilities.ratios };
    const access = { ...choice, baseUrl, traits: traitsOf(choice) };
    const tools = { inspect: inspectPicture, fetchPicture: neverUsed, render: neverUsed };
    await expect(
      verify({ model: toy(access, tools), requestsSent: () => requests }),
    ).resolves.toBeUndefined();
  });

  test('is configured by name, makes the pictures of a batch, and is booked at its price', async () => {
    const models = { toys: { provider: 'toy', model: 'toy-1', baseUrl, price: 0.02, abilities } };
    // Not before: the contract counts the timers of this process.
    studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
    await studio.startWorker({ STUDIO_MODELS: JSON.stringify(models) }, undefined, adapters);
    const photo = await productPhoto({ seed: 7, colour: distinctColour(7), width: 300, height: 300 });
    const images = [{ url: supplier.serve('/toy.jpg', photo) }];
    const batch = await studio.submitTo('toys', models.toys, [{ sku: 'A', images }]);
    const { status, counts, calls, costUsd } = await studio.ended(batch.id);
    expect(status).toBe('completed');
    expect(counts.failed).toBe(0);
    expect([calls.made, costUsd]).toEqual([calls.made, 0.02 * calls.made]);
    expect(gemini.stats().requests).toBe(0);
  });
});

const neverUsed = (): never => {
  throw new Error('not used here');
};
