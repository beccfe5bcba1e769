import { getEventListeners } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { inspectPicture } from '@image-studio/imaging';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { ImageModel, ModelError, ModelErrorKind, ModelRequest } from '../image-model.ts';
import { exampleRequest, IMAGE_MODEL_CONTRACT, rejection } from '../image-model-contract.ts';
import { createGeminiModel } from './gemini.ts';

const KEY = 'AIzaSy-very-secret';
const { signal } = new AbortController();

let standIn: GeminiStandIn;
let model: ImageModel;

beforeAll(async () => {
  standIn = await startGeminiStandIn({ apiKey: KEY });
});
beforeEach(() => {
  standIn.reset();
  model = createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl: standIn.baseUrl });
});
afterEach(() => model.close());
afterAll(() => standIn.close());

const withFault = (fault: string, change: Partial<ModelRequest> = {}) =>
  exampleRequest({ prompt: `Product on white. [[fault:${fault}]]`, ...change });
const failure = async (request: Promise<ModelRequest>): Promise<ModelError> =>
  rejection(model.generate(await request, signal));

describe('gemini keeps the contract of image models:', () => {
  test.each(IMAGE_MODEL_CONTRACT)('$name', async ({ verify }) => {
    const subject = {
      model,
      requestsSent: () => standIn.stats().requests,
      hold: (request: ModelRequest) => ({ ...request, prompt: '[[fault:hang]]' }),
    };
    await expect(verify(subject)).resolves.toBeUndefined();
  });
});

describe('what goes over the wire', () => {
  test('is the pictures in their order, then the words, and the image settings in their right place', async () => {
    const first = await exampleRequest();
    const other = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#00f' } })
      .png()
      .toBuffer();
    const inputs = [...first.inputs, { mime: 'image/png', data: other }];
    await model.generate(
      { ...first, inputs, aspectRatio: '3:4', imageSize: '2K', temperature: 0.4, prompt: 'Words.' },
      signal,
    );
    expect(standIn.bodies().at(-1)).toEqual({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/jpeg', data: first.inputs[0]?.data.toString('base64') } },
            { inlineData: { mimeType: 'image/png', data: other.toString('base64') } },
            { text: 'Words.' },
          ],
        },
      ],
      generationConfig: {
        responseModalities: ['IMAGE'],
        imageConfig: { aspectRatio: '3:4', imageSize: '2K' },
        temperature: 0.4,
      },
      safetySettings: [],
    });
  });

  test('holds no imageSize for gemini-2.5-flash-image, which answers 400 to it', async () => {
    await model.generate(await exampleRequest({ model: 'gemini-2.5-flash-image' }), signal);
    expect(standIn.bodies().at(-1)).toMatchObject({
      generationConfig: { imageConfig: { aspectRatio: '1:1' } },
    });
    expect(JSON.stringify(standIn.bodies().at(-1))).not.toContain('imageSize');
  });

  test('reaches a base URL with a path and a trailing slash', async () => {
    model = createGeminiModel({
      inspect: inspectPicture,
      apiKey: KEY,
      baseUrl: `${standIn.baseUrl}/gateway/google/`,
    });
    await model.warmUp(signal);
    await model.generate(await exampleRequest(), signal);
    expect(standIn.stats()).toMatchObject({ modelReads: 1, pictures: 1 });
  });
});

describe('an answer with a picture', () => {
  test('is priced from its usage, and the estimate is no lower', async () => {
    const request = await exampleRequest({ imageSize: '2K' });
    const { usage, costUsd, modelVersion } = await model.generate(request, signal);
    expect(usage).toEqual({ promptTokens: 1320, imageTokens: 1680, textTokens: 300 });
    expect(costUsd).toBeCloseTo((1320 * 1.5 + 1680 * 30 + 300 * 7.5) / 1e6, 9);
    expect(model.estimateUsd(request)).toBeGreaterThanOrEqual(costUsd);
    expect(modelVersion).toBe(request.model);
  });

  test('is the last part that is no thought', async () => {
    const { image } = await model.generate(await withFault('thought'), signal);
    expect((await sharp(image).metadata()).width).toBe(512);
  });

  test('has its type from its content, not from its label', async () => {
    const { mime } = await model.generate(await withFault('wrongMime'), signal);
    expect(mime).toBe('image/jpeg');
  });
});

describe('every way to fail has its kind', () => {
  test.each<[string, ModelErrorKind, RegExp]>([
    ['e400', 'badPhoto', /HTTP 400.*Unable to process input image/],
    ['e403', 'auth', /HTTP 403/],
    ['e404', 'modelGone', /HTTP 404.*is not found/],
    ['e429', 'rateLimitMinute', /HTTP 429.*current quota/s],
    ['e429Day', 'rateLimitDay', /HTTP 429/],
    ['e429Zero', 'quotaZero', /no quota/],
    ['e429Spend', 'spendLimit', /has been exhausted/],
    ['e429Capacity', 'overloaded', /No capacity/],
    ['e499', 'server', /HTTP 499/],
    ['e500', 'server', /HTTP 500.*internal error/],
    ['e502', 'server', /HTTP 502.*no readable message/],
    ['e503', 'overloaded', /HTTP 503.*overloaded/],
    ['e504', 'server', /HTTP 504/],
    ['gatewayTimeout', 'server', /HTTP 504.*no readable message/],
    ['errorIn200', 'overloaded', /HTTP 503.*overloaded/],
    ['redirect', 'auth', /redirects to https:\/\/elsewhere\.example \(HTTP 302\).*GEMINI_BASE_URL/],
    ['blockedPrompt', 'blockedPrompt', /PROHIBITED_CONTENT/],
    ['imageSafety', 'blockedOutput', /IMAGE_SAFETY: Unable to show/],
    ['recitation', 'blockedOutput', /RECITATION/],
    ['other', 'blockedOutput', /OTHER/],
    ['noImage', 'noImage', /NO_IMAGE/],
    ['textOnly', 'noImage', /STOP.*Here is the product/],
    ['empty', 'malformed', /no candidates/],
    ['badJson', 'malformed', /no JSON but \d+ bytes of type application\/json$/],
    ['corrupt', 'badImage', /cannot be decoded/],
    ['reset', 'network', /connection/],
    ['truncated', 'network', /connection/],
  ])('%s is %s', async (fault, kind, message) => {
    const error = await failure(withFault(fault));
    expect(error.message).toMatch(message);
    expect(error.kind).toBe(kind);
  });

  test('a wrong key is auth, and the key is nowhere in the error', async () => {
    const wrong = createGeminiModel({
      inspect: inspectPicture,
      apiKey: 'AIzaSy-wrong',
      baseUrl: standIn.baseUrl,
    });
    const error = await rejection(wrong.generate(await exampleRequest(), signal));
    expect(error.kind).toBe('auth');
    expect(`${inspect(error, { depth: 9 })}${JSON.stringify(error)}`).not.toContain('AIzaSy-wrong');
  });

  test('a refused connection is network', async () => {
    const nobody = createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl: 'http://127.0.0.1:1' });
    expect((await rejection(nobody.generate(await exampleRequest(), signal))).kind).toBe('network');
  });

  test.each(['hang', 'slow'])('a server that is too late is timeout, not cancelled: %s', async (fault) => {
    const error = await failure(withFault(fault, { timeoutMs: 150 }));
    expect(error.kind).toBe('timeout');
    expect(error.message).toContain('150 ms');
  });

  test('a cancel while the answer trickles in is cancelled', async () => {
    const controller = new AbortController();
    const error = rejection(model.generate(await withFault('slow'), controller.signal));
    setTimeout(() => controller.abort(), 120);
    expect((await error).kind).toBe('cancelled');
  });

  test('a rate limit names the exact wait', async () => {
    expect((await failure(withFault('e429'))).retryAfterMs).toBe(17_124);
    expect((await failure(withFault('e429Day'))).retryAfterMs).toBe(72_193_400);
    expect((await failure(withFault('e429Spend'))).retryAfterMs).toBeUndefined();
  });

  test('an answer without a picture still has its price', async () => {
    const error = await failure(withFault('textOnly'));
    expect(error.costUsd).toBeCloseTo((1320 * 1.5 + 20 * 7.5) / 1e6, 9);
  });
});

describe('a server of another kind', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  const answering = (status: number, body: unknown) =>
    serve((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  const at = (baseUrl: string) => createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl });

  test('that repeats the key in its error does not get it into ours', async () => {
    const baseUrl = await answering(500, { error: { code: 500, message: `broken for ${KEY}!` } });
    const error = await rejection(at(baseUrl).generate(await exampleRequest(), signal));
    expect(error.message).toContain('broken for [key]!');
    expect(inspect(error, { depth: 9 })).not.toContain(KEY);
  });

  test('without a route for model cards is no fault at warm-up', async () => {
    await expect(at(await answering(404, 'nothing here')).warmUp(signal)).resolves.toBeUndefined();
    await expect(at(await answering(405, '')).warmUp(signal)).resolves.toBeUndefined();
  });

  test('that does not know the model, or not the key, fails the warm-up', async () => {
    const gone = await answering(404, {
      error: { code: 404, message: 'models/x is not found', status: 'NOT_FOUND' },
    });
    expect((await rejection(at(gone).warmUp(signal))).kind).toBe('modelGone');
    const denied = await answering(403, {
      error: { code: 403, message: 'denied', status: 'PERMISSION_DENIED' },
    });
    expect((await rejection(at(denied).warmUp(signal))).kind).toBe('auth');
  });

  test('that wraps the picture into a data URL, without usage, is understood and booked at the price list', async () => {
    const { image } = await model.generate(await exampleRequest(), signal);
    const text = `Here: data:image/jpeg;base64,${image.toString('base64')}`;
    const baseUrl = await answering(200, {
      candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }],
    });
    const answer = await at(baseUrl).generate(await exampleRequest(), signal);
    expect(answer.image.equals(image)).toBe(true);
    expect(answer.costUsd).toBeCloseTo((1120 * 30) / 1e6, 9);
  });

  test('that answers a candidate list of the wrong shape cannot be read', async () => {
    const baseUrl = await answering(200, { candidates: 'none' });
    const error = await rejection(at(baseUrl).generate(await exampleRequest(), signal));
    expect(error.kind).toBe('unreadable');
    expect(error.message).toContain('{candidates}');
  });

  test('that answers a vector drawing or an empty picture brings no picture', async () => {
    for (const data of ['', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')]) {
      const parts = [{ inlineData: { mimeType: 'image/png', data } }];
      const baseUrl = await answering(200, { candidates: [{ content: { parts }, finishReason: 'STOP' }] });
      expect((await rejection(at(baseUrl).generate(await exampleRequest(), signal))).kind).toBe('badImage');
    }
  });
});

test('the key cannot be seen by inspecting the model', () => {
  expect(`${inspect(model, { depth: 9, showHidden: true })}${JSON.stringify(model)}`).not.toContain(KEY);
});

test('a call holds no picture while it waits for its answer', async () => {
  const request = await exampleRequest();
  const answer = model.generate(request, new AbortController().signal);
  expect(request.inputs).toEqual([]);
  expect((await answer).image.length).toBeGreaterThan(0);
});

test('sixty calls on one signal leave no listener behind', async () => {
  const controller = new AbortController();
  const call = async () => model.generate(await exampleRequest(), controller.signal);
  for (let wave = 0; wave < 10; wave++) {
    await Promise.all(Array.from({ length: 6 }, call));
  }
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(standIn.stats()).toMatchObject({ pictures: 60, duplicates: 59 });
});
