import { inspectPicture } from '@image-studio/imaging';
import {
  type ImagesFault,
  type ImagesStandIn,
  OPENAI_CALL_USD,
  OPENROUTER_CALL_USD,
  startImagesStandIn,
} from '@image-studio/testkit/images-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ImageModel, ModelBatches, ModelErrorKind, ModelRequest } from '../image-model.ts';
import { exampleRequest, IMAGE_MODEL_CONTRACT, rejection } from '../image-model-contract.ts';
import {
  type BatchesUnderTest,
  batchedCalls,
  create,
  ended,
  MODEL_BATCHES_CONTRACT,
  resultsOf,
} from '../model-batches-contract.ts';
import { createOpenaiImagesModel } from './openai-images.ts';
import { createOpenrouterModel } from './openrouter.ts';

const KEY = 'sk-very-secret';
const { signal } = new AbortController();
const GPT = {
  largest: '4K' as const,
  maxInputImages: 16,
  inspect: inspectPicture,
};
const OWN = { largest: '1K' as const, maxInputImages: 2, usdPerPicture: 0, inspect: inspectPicture };

const servers = {} as Record<'openai' | 'sd-cpp' | 'openrouter', ImagesStandIn>;
const models = {} as Record<'openai' | 'sd-cpp' | 'openrouter', ImageModel>;

beforeAll(async () => {
  for (const kind of ['openai', 'sd-cpp', 'openrouter'] as const) {
    servers[kind] = await startImagesStandIn({ kind, apiKey: KEY });
  }
  const openai = { baseUrl: servers.openai.baseUrl, apiKey: KEY };
  models.openai = createOpenaiImagesModel({ ...openai, defaultModel: 'gpt-image-2', ...GPT });
  models['sd-cpp'] = createOpenaiImagesModel({
    baseUrl: servers['sd-cpp'].baseUrl,
    defaultModel: 'any',
    ...OWN,
  });
  models.openrouter = createOpenrouterModel({
    baseUrl: servers.openrouter.baseUrl,
    apiKey: KEY,
    defaultModel: 'author/a-model',
    mostUsdPerCall: 0.2,
    maxInputImages: 8,
    inspect: inspectPicture,
  });
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

const KINDS = ['openai', 'sd-cpp', 'openrouter'] as const;
const withFault = (fault: ImagesFault, change: Partial<ModelRequest> = {}) =>
  exampleRequest({ prompt: `Product on white. [[fault:${fault}]]`, ...change });

describe.each(KINDS)('%s keeps the contract of image models:', (kind) => {
  // A request with something that is no photo: these servers say so, and are not asked here about their own words.
  const clauses = IMAGE_MODEL_CONTRACT.filter(({ name }) => !name.includes('photo that is none'));
  test.each(clauses)('$name', async ({ verify }) => {
    const subject = {
      model: models[kind],
      requestsSent: () => servers[kind].stats().requests,
      hold: (request: ModelRequest) => ({ ...request, prompt: '[[fault:hang]]' }),
    };
    await expect(verify(subject)).resolves.toBeUndefined();
  });
});

describe('OpenAI keeps the contract of batches:', () => {
  const how = { hourMs: 200, cancelHours: 1 };
  const underTest = async () => {
    const server = await startImagesStandIn({ kind: 'openai', apiKey: KEY, batch: how });
    const { batches } = createOpenaiImagesModel({
      ...{ baseUrl: server.baseUrl, apiKey: KEY, defaultModel: 'gpt-image-2', ...GPT },
    });
    return { server, batches: batches as ModelBatches };
  };

  test.each(MODEL_BATCHES_CONTRACT)('$name', async ({ verify }) => {
    const { server, batches } = await underTest();
    const subject: BatchesUnderTest = {
      ...{ batches, model: 'gpt-image-2', apiKey: KEY, callUsd: OPENAI_CALL_USD },
      configure: ({ isFailing, cancelKeeps: keeps = 0, ...change }) =>
        server.configure({ batch: { ...how, ...change, keeps, ...(isFailing && { outcome: 'failed' }) } }),
      made: () => server.stats().batches.reduce((sum, { made }) => sum + made, 0),
    };
    await expect(verify(subject).finally(() => server.close())).resolves.toBeUndefined();
  });

  test('a batch that expires brings back what was made of it, and says that the rest was not', async () => {
    const { server, batches } = await underTest();
    server.configure({ batch: { ...how, outcome: 'expired', keeps: 0.5 } });
    const subject = { batches, model: 'gpt-image-2' };
    const name = await create(subject, await batchedCalls('gpt-image-2', 4));
    expect((await ended(subject, name)).state).toBe('expired');
    const found = [...(await resultsOf(subject, name)).values()];
    await server.close();
    expect(found.filter((result) => 'answer' in result)).toHaveLength(2);
    expect(found.flatMap((result) => ('fault' in result ? [result.fault.kind] : []))).toEqual([
      'server',
      'server',
    ]);
  });

  test('a line that is refused says why', async () => {
    const { server, batches } = await underTest();
    const subject = { batches, model: 'gpt-image-2' };
    const calls = await batchedCalls('gpt-image-2', 1, '[[fault:moderatedOutput]]');
    const [result] = (await resultsOf(subject, await create(subject, calls))).values();
    await server.close();
    expect(result).toMatchObject({ fault: { kind: 'blockedOutput', costUsd: 0 } });
  });
});

describe('what goes over the wire', () => {
  test('to OpenAI is a form of the fields that every such server takes', async () => {
    const [photo] = (await exampleRequest()).inputs;
    const asked = { model: 'gpt-image-2', aspectRatio: '4:5', imageSize: '2K' } as const;
    await models.openai.generate(await exampleRequest(asked), signal);
    expect(servers.openai.lastFields()).toEqual({
      model: 'gpt-image-2',
      prompt: 'The product on white.',
      n: '1',
      size: expect.stringMatching(/^1\d{3}x2\d{3}$/),
      image: photo?.data.length,
    });
  });

  test('has the photos as a list when there are several', async () => {
    const { inputs } = await exampleRequest();
    await models['sd-cpp'].generate(await exampleRequest({ inputs: [...inputs, ...inputs] }), signal);
    expect(Object.keys(servers['sd-cpp'].lastFields())).toContain('image[]');
  });

  test('to OpenRouter is JSON, with the ratio and without a size', async () => {
    const asked = { model: 'author/a-model', aspectRatio: '3:4', imageSize: '2K' } as const;
    await models.openrouter.generate(await exampleRequest(asked), signal);
    expect(servers.openrouter.lastFields()).toMatchObject({
      model: 'author/a-model',
      aspect_ratio: '3:4',
      resolution: '2K',
      provider: { allow_fallbacks: false },
    });
  });

  test('holds the photos no longer than the request needs them', async () => {
    const request = await exampleRequest();
    await models.openai.generate(request, signal);
    expect(request.inputs).toEqual([]);
  });
});

describe('a call costs', () => {
  test.each([
    ['openai', OPENAI_CALL_USD],
    ['sd-cpp', 0],
    ['openrouter', OPENROUTER_CALL_USD],
  ] as const)('what the answer of %s says', async (kind, usd) => {
    const { costUsd } = await models[kind].generate(await exampleRequest(), signal);
    expect(costUsd).toBeCloseTo(usd, 9);
  });

  test.each(KINDS)('no more than %s was estimated at', async (kind) => {
    const request = await exampleRequest();
    const estimate = models[kind].estimateUsd(request);
    expect((await models[kind].generate(request, signal)).costUsd).toBeLessThanOrEqual(estimate);
  });
});

describe('a fault means', () => {
  test.each([
    ['openai', 'moderatedInput', 'blockedPrompt'],
    ['openai', 'moderatedOutput', 'blockedOutput'],
    ['openai', 'noQuota', 'spendLimit'],
    ['openai', 'noQuotaByType', 'spendLimit'],
    ['openai', 'hardLimit', 'spendLimit'],
    ['openai', 'badSize', 'badRequest'],
    ['openai', 'badModel', 'modelGone'],
    ['openai', 'badPhoto', 'badPhoto'],
    ['openai', 'e500', 'server'],
    ['openai', 'e503', 'overloaded'],
    ['openai', 'empty', 'noImage'],
    ['openai', 'odd', 'unreadable'],
    ['openai', 'broken', 'badImage'],
    ['openrouter', 'flagged', 'blockedPrompt'],
    ['openrouter', 'relayedBlock', 'blockedOutput'],
    ['openrouter', 'rawBlock', 'blockedOutput'],
    ['openrouter', 'noCredit', 'spendLimit'],
    ['openrouter', 'e524', 'server'],
    ['openrouter', 'e529', 'overloaded'],
    ['openrouter', 'empty', 'noImage'],
    ['openrouter', 'odd', 'unreadable'],
    ['openrouter', 'broken', 'badImage'],
  ] as const)('from %s: %s is %s', async (kind, fault, expected: ModelErrorKind) => {
    expect((await rejection(models[kind].generate(await withFault(fault), signal))).kind).toBe(expected);
  });

  test('that a wrong key is told without the key', async () => {
    const model = createOpenaiImagesModel({
      baseUrl: servers.openai.baseUrl,
      apiKey: 'sk-wrong',
      defaultModel: 'gpt-image-2',
      ...GPT,
    });
    const error = await rejection(model.generate(await exampleRequest(), signal));
    expect(error.kind).toBe('auth');
    expect(`${error.message} ${error.stack}`).not.toContain('sk-wrong');
    expect((await rejection(model.warmUp(signal))).kind).toBe('auth');
  });

  test('that a model which does not exist is gone', async () => {
    const server = await startImagesStandIn({ kind: 'openai', apiKey: KEY, models: ['gpt-image-2'] });
    const model = createOpenaiImagesModel({
      baseUrl: server.baseUrl,
      apiKey: KEY,
      defaultModel: 'gpt-image-2',
      ...GPT,
    });
    const error = await rejection(model.generate(await exampleRequest({ model: 'gpt-image-99' }), signal));
    await server.close();
    expect(error.kind).toBe('modelGone');
  });

  test('how long to wait, by the headers of a limit', async () => {
    const server = await startImagesStandIn({ kind: 'openai', apiKey: KEY, callsPerMinute: 1 });
    const model = createOpenaiImagesModel({
      baseUrl: server.baseUrl,
      apiKey: KEY,
      defaultModel: 'gpt-image-2',
      ...GPT,
    });
    await model.generate(await exampleRequest(), signal);
    const error = await rejection(model.generate(await exampleRequest({ prompt: 'Another.' }), signal));
    await server.close();
    expect(error.kind).toBe('rateLimitMinute');
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('a time-out of its own when a server of one’s own never answers', async () => {
    const error = await rejection(
      models['sd-cpp'].generate(await withFault('hang', { timeoutMs: 300 }), signal),
    );
    expect(error).toMatchObject({ kind: 'timeout', mayBeBought: true });
  });
});

test('a server that draws one at a time keeps the others waiting', async () => {
  const requests = await Promise.all([1, 2, 3].map((n) => exampleRequest({ prompt: `Picture ${n}` })));
  const answers = await Promise.all(requests.map((request) => models['sd-cpp'].generate(request, signal)));
  expect(answers.map(({ mime }) => mime)).toEqual(['image/jpeg', 'image/jpeg', 'image/jpeg']);
});
