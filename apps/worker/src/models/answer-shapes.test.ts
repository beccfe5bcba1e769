import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspectPicture } from '@image-studio/imaging';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { READABLE_SHAPES } from '@image-studio/testkit/gemini-stand-in-shapes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createGeminiModel } from './gemini/gemini.ts';
import type { ImageModel } from './image-model.ts';
import { exampleRequest, rejection } from './image-model-contract.ts';

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
afterAll(() => standIn.close());

const answered = async (fault: string) =>
  model.generate(await exampleRequest({ prompt: `On white. [[fault:${fault}]]` }), signal);

describe('a picture is found in the answer', () => {
  test.each(READABLE_SHAPES)('%s', async (shape) => {
    const [documented, odd] = [await answered('thought'), await answered(shape)];
    expect(odd.image.equals(documented.image)).toBe(true);
    expect(odd.mime).toBe('image/jpeg');
    expect(odd.costUsd).toBeGreaterThan(0.03);
    expect(standIn.stats()).toMatchObject({ requests: 2, pictures: 2 });
  });

  test('and booked by its usage in any spelling', async () => {
    const { usage } = await answered('snakeCase');
    expect(usage).toEqual({ promptTokens: 1320, imageTokens: 1680, textTokens: 300 });
  });

  test('with a remark when it came only as a thought', async () => {
    expect((await answered('thoughtOnly')).note).toContain('among its thoughts');
    expect((await answered('thought')).note).toBeUndefined();
  });

  test('as a file of the API, which is read with its key and once', async () => {
    await answered('fileData');
    expect(standIn.stats()).toMatchObject({ fileReads: 1, unauthorised: 0 });
  });
});

describe('an answer that cannot be read', () => {
  test.each([
    ['bucketFile', /address of a picture \(gs\): nothing is fetched from there/],
    ['lostFile', /address of a picture \(http\): HTTP 404/],
    ['sketchOnly', /its only picture is a thought, and it is 1×1 px/],
    ['unknownPart', /\{candidates: \[\{content: \{role, parts: \[\{hologram: \{mimeType, frames/],
    ['unknownBody', /: \{status, picture: \{encoding, content\}\}$/],
  ])('%s is told by its shape, and holds no byte of it', async (shape, message) => {
    const error = await rejection(answered(shape));
    expect(error.kind).toBe('unreadable');
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toMatch(/\/9j\/|iVBOR|pictures\/answer/);
    expect(error.mayBeBought).toBe(true);
  });

  test('is left as soon as it is larger than any picture', async () => {
    const error = await rejection(answered('endless'));
    expect(error.kind).toBe('unreadable');
    expect(error.message).toContain('larger than 64 MiB');
    // What the sockets on both sides hold comes on top of what was read.
    expect(standIn.stats().endlessBytes).toBeLessThan(96 * 1024 * 1024);
  });
});

test('a usage beyond any answer is not believed: the picture is booked at the price list', async () => {
  const { usage, costUsd } = await answered('hugeUsage');
  expect(usage).toEqual({ promptTokens: 0, imageTokens: 1120, textTokens: 0 });
  expect(costUsd).toBeCloseTo((1120 * 30) / 1e6, 9);
});

describe('a picture elsewhere', () => {
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

  test('is fetched by whoever knows where requests may go, without the key', async () => {
    const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#a33' } })
      .png()
      .toBuffer();
    const baseUrl = await serve((request, response) => {
      request.resume();
      const parts = [{ fileData: { fileUri: 'https://cdn.example/a.png' } }];
      response.end(JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }));
    });
    const asked: string[] = [];
    const relayed = createGeminiModel({
      inspect: inspectPicture,
      apiKey: KEY,
      baseUrl,
      fetchPicture: async (url) => {
        asked.push(url);
        return picture;
      },
    });
    expect((await relayed.generate(await exampleRequest(), signal)).image.equals(picture)).toBe(true);
    expect(asked).toEqual(['https://cdn.example/a.png']);
  });

  test('to which the API redirects gets no key', async () => {
    const keys: unknown[] = [];
    const elsewhere = await serve((request, response) => {
      keys.push(request.headers['x-goog-api-key']);
      response.end('{}');
    });
    const baseUrl = await serve((request, response) => {
      request.resume();
      response.writeHead(307, { location: `${elsewhere}/v1beta/models/m:generateContent` }).end();
    });
    const moved = createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl });
    expect((await rejection(moved.generate(await exampleRequest(), signal))).kind).toBe('auth');
    expect((await rejection(moved.warmUp(signal))).kind).toBe('auth');
    expect(keys).toEqual([]);
  });
});

describe('whether a picture may have been bought', () => {
  test.each([
    ['truncated', true],
    ['reset', true],
    ['badJson', true],
    ['empty', true],
    ['corrupt', true],
    ['gatewayTimeout', true],
    ['noImage', false],
    ['textOnly', false],
    ['e503', false],
    ['e502', false],
    ['e400', false],
    ['blockedPrompt', false],
    ['imageSafety', false],
  ])('%s: %s', async (fault, bought) => {
    expect((await rejection(answered(fault))).mayBeBought).toBe(bought);
  });

  test('a server that is not there has sold nothing', async () => {
    const gone = await startGeminiStandIn();
    await gone.close();
    for (const baseUrl of [gone.baseUrl, 'http://127.0.0.1:1', 'http://nobody.invalid']) {
      const nobody = createGeminiModel({ inspect: inspectPicture, apiKey: KEY, baseUrl });
      const error = await rejection(nobody.generate(await exampleRequest(), signal));
      expect(error).toMatchObject({ kind: 'network', mayBeBought: false });
    }
  });
});
