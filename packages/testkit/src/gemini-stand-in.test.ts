import { afterEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type GeminiStandIn, type GeminiStandInOptions, startGeminiStandIn } from './gemini-stand-in.ts';

let standIn: GeminiStandIn;
const start = async (options: Partial<GeminiStandInOptions> = {}): Promise<void> => {
  standIn = await startGeminiStandIn(options);
};
afterEach(() => standIn.close());

const photo = async (colour: string): Promise<string> => {
  const box = await sharp({ create: { width: 120, height: 100, channels: 3, background: colour } })
    .png()
    .toBuffer();
  const image = sharp({ create: { width: 300, height: 300, channels: 3, background: '#dddddd' } });
  return (
    await image
      .composite([{ input: box }])
      .jpeg()
      .toBuffer()
  ).toString('base64');
};

const call = async (
  change: {
    prompt?: string;
    colour?: string;
    ratio?: string;
    key?: string;
    model?: string;
    version?: string;
  } = {},
  init: RequestInit = {},
) => {
  const { prompt = 'White.', colour = '#c8281e', ratio = '1:1', model = 'm', version = 'v1beta' } = change;
  const parts = [{ inlineData: { mimeType: 'image/jpeg', data: await photo(colour) } }, { text: prompt }];
  return fetch(`${standIn.baseUrl}/${version}/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': change.key ?? standIn.apiKey },
    body: JSON.stringify({
      contents: [{ role: 'user', parts }],
      generationConfig: { imageConfig: { aspectRatio: ratio, imageSize: '1K' } },
    }),
    ...init,
  });
};

interface Body {
  candidates: { content: { parts: { inlineData: { data: string } }[] } }[];
  error: {
    code: number;
    message: string;
    status: string;
    details?: { '@type': string; retryDelay?: string }[];
  };
}
const pictureOf = async (response: Response): Promise<Buffer> => {
  const body = (await response.json()) as Body;
  return Buffer.from(body.candidates[0]?.content.parts[0]?.inlineData.data ?? '', 'base64');
};

describe('the Gemini stand-in', () => {
  test('draws the product that it was shown, off-centre on its background, at the asked ratio', async () => {
    await start();
    for (const [colour, red] of [
      ['#c8281e', 0xc8],
      ['#1e50c8', 0x1e],
    ] as const) {
      const { data, info } = await sharp(await pictureOf(await call({ colour, ratio: '4:3' })))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([512, 384]);
      expect(Math.abs((data[0] as number) - 0xf5)).toBeLessThan(4);
      const inProduct = (190 * 512 + 200) * 3;
      expect(Math.abs((data[inProduct] as number) - red)).toBeLessThan(12);
    }
  });

  test('answers on v1 too, and model cards', async () => {
    await start({ models: ['m'] });
    expect((await call({ version: 'v1' })).status).toBe(200);
    const headers = { 'x-goog-api-key': standIn.apiKey };
    expect((await fetch(`${standIn.baseUrl}/v1beta/models/m`, { headers })).status).toBe(200);
    expect((await fetch(`${standIn.baseUrl}/v1beta/models/other`, { headers })).status).toBe(404);
    expect(standIn.stats()).toMatchObject({ modelReads: 1, pictures: 1 });
  });

  test('echoes, blanks and resizes on demand', async () => {
    await start({ echo: 'exact' });
    expect((await pictureOf(await call())).toString('base64')).toBe(await photo('#c8281e'));
    standIn.configure({ echo: 'no', blank: true, background: '#ffffff', side: 'asked' });
    const { channels } = await sharp(await pictureOf(await call())).stats();
    expect(channels.every(({ min }) => min === 255)).toBe(true);
    expect((await sharp(await pictureOf(await call())).metadata()).width).toBe(1024);
  });

  test('refuses calls beyond the sliding window with the exact wait', async () => {
    await start({ callsPerWindow: 3, windowMs: 60_000 });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await call()).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const { error } = (await (await call()).json()) as Body;
    expect(error.status).toBe('RESOURCE_EXHAUSTED');
    const seconds = Number(/retry in ([\d.]+)s/.exec(error.message)?.[1]);
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(error.details?.at(-1)?.retryDelay).toBe(`${Math.floor(seconds)}s`);
    expect(standIn.stats()).toMatchObject({ accepted: 3, rateLimited: 3, mostInWindow: 3 });
    standIn.reset();
    expect((await call()).status).toBe(200);
  });

  test('can refuse more than a tenth of the quota in a tenth of the window', async () => {
    await start({ callsPerWindow: 20, windowMs: 60_000, tenths: true });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await call()).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('ends a day', async () => {
    await start({ callsPerDay: 1 });
    await call();
    const { error } = (await (await call()).json()) as Body;
    expect(error.message).toContain('per_day');
  });

  test('refuses a missing and a wrong key in the words of each', async () => {
    await start();
    expect((await call({ key: 'wrong' })).status).toBe(400);
    const bare = await fetch(`${standIn.baseUrl}/v1beta/models/m`);
    expect(bare.status).toBe(403);
    expect(standIn.stats()).toMatchObject({ unauthorised: 2, accepted: 0 });
  });

  test('fails as told by the prompt, for as many times as told', async () => {
    await start();
    expect((await call({ prompt: '[[fault:e503]]' })).status).toBe(503);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await call({ prompt: '[[fault:e500:2]]' })).status);
    expect(statuses).toEqual([500, 500, 200]);
    expect(standIn.stats().faults).toEqual({ e503: 1, e500: 2 });
  });

  test('fails with the given probability, the same way for the same seed', async () => {
    await start({ faults: { e503: 0.5 }, seed: 3 });
    const run = async () => {
      const statuses = [];
      for (let i = 0; i < 20; i++) statuses.push((await call()).status);
      return statuses;
    };
    const first = await run();
    standIn.reset();
    expect(await run()).toEqual(first);
    expect(first).toContain(503);
    expect(first).toContain(200);
  });

  test('counts duplicates, the abandoned and what all of it costs', async () => {
    await start();
    await call();
    await call();
    await call({ colour: '#1e50c8' });
    const hung = call({ prompt: '[[fault:hang]]' }, { signal: AbortSignal.timeout(100) });
    await expect(hung).rejects.toThrow();
    while (standIn.stats().abandoned === 0) await new Promise((resolve) => setImmediate(resolve));
    const stats = standIn.stats();
    expect(stats).toMatchObject({ pictures: 3, duplicates: 1, abandoned: 1, accepted: 4 });
    expect(stats.billedUsd).toBeCloseTo(4 * 0.05463, 4);
  });

  test('can be asked, changed and reset over HTTP', async () => {
    await start();
    await call();
    const read = async () => (await fetch(`${standIn.baseUrl}/__stats`)).json();
    expect(await read()).toMatchObject({ pictures: 1 });
    await fetch(`${standIn.baseUrl}/__config`, { method: 'POST', body: '{"callsPerDay":1}' });
    expect((await call()).status).toBe(429);
    await fetch(`${standIn.baseUrl}/__reset`, { method: 'POST' });
    expect(await read()).toMatchObject({ pictures: 0, rateLimited: 0 });
  });
});
