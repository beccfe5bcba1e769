import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { repeatedScans } from '@image-studio/testkit/photos';
import sharp from 'sharp';
import { Manager } from 'socket.io-client';
import { KEYS } from './keys.ts';

/** Where an attack goes: the replicas, and a receiver of webhooks that answers nothing, ever. */
export interface Target {
  apis: readonly [string, string];
  hanging: string;
}

/** How strong an attack has been: what it has done so far, and what came of it. */
export type Tally = Record<string, number>;

/** Counts one more of `what`, or `by` more. */
export type Count = (what: string, by?: number) => void;

/** Begins, and goes on until the process ends. Resolves when it is in full swing. */
export type Attack = (target: Target, count: Count) => Promise<void>;

/** 22 bodies of 12 MB on each replica, from one viewer's key, that lack their last bytes; new ones in the place of those that end. */
async function unfinishedQuotes({ apis }: Target, count: Count): Promise<void> {
  const body = Buffer.alloc(12 * 1024 * 1024, ' ');
  const arrived = new Set<number>();
  repeatedly(44, 1000, async (n) => {
    const sent = request(`${apis[n % 2]}/api/v1/batches/quote`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${KEYS.acmeViewer}`,
        'content-type': 'application/json',
        'content-length': body.length + 10,
      },
    });
    const ended = new Promise<void>((resolve) => {
      sent
        .on('response', (response) => response.resume())
        .on('close', () => {
          arrived.add(n);
          resolve();
        })
        .on('error', () => {});
    });
    sent.write(body, () => {
      arrived.add(n);
      count('megabytes', 12);
    });
    await ended;
  });
  while (arrived.size < 44) await pause(50);
}

/** Tests of webhooks at a receiver that never answers, and a hundred messages of a batch to it. */
async function hangingWebhooks({ apis, hanging }: Target, count: Count): Promise<void> {
  const [api] = apis;
  const submitted = await call(api, KEYS.acme, 'POST', '/batches', {
    skus: [{ sku: 'A', images: [{ url: `${hanging}/a.jpg` }] }],
    webhookUrl: hanging,
  });
  const { id } = (await submitted.json()) as { id: string };
  for (let n = 0; n < 100; n += 1) {
    await call(api, KEYS.acme, 'POST', `/batches/${id}/pause`);
    await call(api, KEYS.acme, 'POST', `/batches/${id}/resume`);
  }
  await call(api, KEYS.acme, 'POST', `/batches/${id}/cancel`);
  const messages = await call(api, KEYS.acme, 'GET', `/batches/${id}/webhooks`);
  count('messages', ((await messages.json()) as { items?: unknown[] }).items?.length ?? 0);
  repeatedly(60, 1000, async (n) => {
    const url = `${hanging}/${n}`;
    count('tests');
    await call(apis[n % 2] as string, KEYS.acme, 'POST', '/webhooks/test', { url });
  });
}

/** A hundred scrapers, each of which reads a replica's metrics every second, as fast as Prometheus ever does. */
async function scrapers({ apis }: Target, count: Count): Promise<void> {
  const seen = new Set<number>();
  repeatedly(100, 1000, async (n) => {
    await (await fetch(`${apis[n % 2]}/metrics`)).text();
    seen.add(n);
    count('scrapes');
  });
  while (seen.size < 100) await pause(50);
}

/** Somebody without a key, who tries thousands over web sockets and REST. */
async function guessers({ apis }: Target, count: Count): Promise<void> {
  let rounds = 0;
  repeatedly(2, 1000, async (n) => {
    const api = apis[n % 2] as string;
    const guess = () => `guess-${Math.random()}-of-a-stranger`;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await call(api, guess(), 'GET', '/batches');
        count(answer.ok ? 'letIn' : 'refused');
        await answer.text();
      }),
    );
    await new Promise<void>((resolve) => {
      const manager = new Manager(api, { transports: ['websocket'], reconnection: false });
      manager.once('open', () => {
        // A guess that is right is answered `0{"sid":…}`, a wrong one `4{"message":…}`.
        manager.engine.on('data', (data) => count(String(data).startsWith('0') ? 'letIn' : 'refused'));
        for (let k = 0; k < 5000; k += 1) manager.engine.write(`0${JSON.stringify({ token: guess() })}`);
        count('guesses', 5000);
      });
      manager.once('close', () => resolve()).once('error', () => resolve());
    });
    rounds += 1;
  });
  while (rounds < 2) await pause(50);
}

/** Tables of 200,000 equal headings and reviews of 10,000 unknown codes, from keys of one tenant. */
async function largeNonsense({ apis }: Target, count: Count): Promise<void> {
  const table = `sku,image${',a'.repeat(200_000)}\nA,https://a.example/a.jpg\n`;
  const codes = Array.from({ length: 10_000 }, (_, n) => `${n}-`.padEnd(100, 'x'));
  const review = JSON.stringify({ decision: 'approve', skus: codes });
  let rounds = 0;
  repeatedly(2, 1000, async (n) => {
    const api = apis[n % 2] as string;
    const answer = await fetch(`${api}/api/v1/batches/quote`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.acmeViewer}`, 'content-type': 'text/csv' },
      body: table,
    });
    count(`tables${answer.status}`);
    await answer.text();
    const reviewed = await call(api, KEYS.acme, 'POST', '/batches/bnone/review', review);
    count(`reviews${reviewed.status}`);
    await reviewed.text();
    rounds += 1;
  });
  while (rounds < 2) await pause(50);
}

/**
 * Photos that are built to cost much to decode and little to send: a JPEG of 25,000 scans, an AVIF of one colour and 49 megapixels,
 * a TIFF whose strips are one row each.
 */
async function hostilePhotos(target: Target, count: Count): Promise<void> {
  await submitPhotos(target, count, [repeatedScans(25_000), await flatAvif(), await rowStrips()]);
}

/** Honest work, more of it than the fleet has cores for: photos of 48 megapixels. */
async function largePhotos(target: Target, count: Count): Promise<void> {
  await submitPhotos(target, count, [await largePhoto()]);
}

/** Two batches of 20 SKUs a second or so. No two photos are alike, so none is known already. */
async function submitPhotos({ apis }: Target, count: Count, kinds: readonly Buffer[]): Promise<void> {
  const photos = createServer((asked, answer) => {
    count('photos');
    const path = asked.url ?? '/';
    const kind = kinds[Number(path.split('/')[1]) % kinds.length] as Buffer;
    answer.end(Buffer.concat([kind, Buffer.from(path)]));
  }).listen(0, '127.0.0.1');
  await once(photos, 'listening');
  const base = `http://127.0.0.1:${(photos.address() as AddressInfo).port}`;
  let rounds = 0;
  repeatedly(2, 1000, async (n) => {
    const round = `${n}-${rounds++}`;
    const skus = Array.from({ length: 20 }, (_, k) => ({
      sku: `HEAVY-${round}-${k}`,
      images: [{ url: `${base}/${k}/${round}` }],
    }));
    const answer = await call(apis[n % 2] as string, KEYS.acme, 'POST', '/batches', { skus });
    count(`batches${answer.status}`);
    await answer.text();
  });
  while (rounds < 4) await pause(50);
}

function flatAvif(): Promise<Buffer> {
  const create = { width: 7000, height: 7000, channels: 3 as const, background: '#c8c8c8' };
  return sharp({ create }).avif({ effort: 0 }).toBuffer();
}

function rowStrips(): Promise<Buffer> {
  const create = { width: 1, height: 40_000, channels: 3 as const, background: '#808080' };
  return sharp({ create }).tiff({ compression: 'deflate', predictor: 'none' }).toBuffer();
}

function largePhoto(): Promise<Buffer> {
  const create = { width: 8000, height: 6000, channels: 3 as const, background: '#f0f0f0' };
  const product = { create: { width: 4000, height: 4000, channels: 3 as const, background: '#7a3b2e' } };
  return sharp({ create })
    .composite([{ input: product, gravity: 'centre' }])
    .jpeg()
    .toBuffer();
}

/** `width` copies of `act`, over and over, each of which waits a while in between. */
function repeatedly(width: number, everyMs: number, act: (n: number) => Promise<void>): void {
  const run = async (n: number): Promise<never> => {
    for (;;) {
      // The API may hang up on us in any way.
      await act(n).catch(() => {});
      await pause(everyMs);
    }
  };
  for (let n = 0; n < width; n += 1) void run(n);
}

function call(api: string, key: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${api}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

export const ATTACKS = {
  unfinishedQuotes,
  hangingWebhooks,
  scrapers,
  guessers,
  largeNonsense,
  hostilePhotos,
  largePhotos,
} satisfies Record<string, Attack>;

/** What each attack must have done before anything is measured beside it. */
export const FULL_SWING = {
  unfinishedQuotes: { megabytes: 528 },
  hangingWebhooks: { messages: 100, tests: 60 },
  scrapers: { scrapes: 100 },
  guessers: { guesses: 10_000, refused: 40 },
  largeNonsense: { tables422: 2, reviews404: 2 },
  hostilePhotos: { photos: 8, batches202: 4 },
  largePhotos: { photos: 8, batches202: 4 },
} satisfies Record<keyof typeof ATTACKS, Tally>;
