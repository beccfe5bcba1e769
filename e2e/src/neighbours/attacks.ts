import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Manager } from 'socket.io-client';
import { KEYS } from './keys.ts';

/** Where an attack goes: the replicas, and a receiver of webhooks that answers nothing, ever. */
export interface Target {
  apis: readonly [string, string];
  hanging: string;
}

/** Begins, and goes on until the process ends. Resolves when it is in full swing. */
export type Attack = (target: Target) => Promise<void>;

/** 22 bodies of 12 MB on each replica, from one viewer's key, that lack their last bytes; new ones in the place of those that end. */
async function unfinishedQuotes({ apis }: Target): Promise<void> {
  const body = Buffer.alloc(12 * 1024 * 1024, ' ');
  const arrived = new Set<number>();
  repeatedly(44, 30_000, async (n) => {
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
    sent.write(body, () => void arrived.add(n));
    await ended;
  });
  while (arrived.size < 44) await pause(50);
}

/** Tests of webhooks at a receiver that never answers, and a hundred messages of a batch to it. */
async function hangingWebhooks({ apis, hanging }: Target): Promise<void> {
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
  repeatedly(60, 1000, async (n) => {
    const url = `${hanging}/${n}`;
    await call(apis[n % 2] as string, KEYS.acme, 'POST', '/webhooks/test', { url });
  });
}

/** A hundred scrapers, each of which reads a replica's metrics every second, as fast as Prometheus ever does. */
async function scrapers({ apis }: Target): Promise<void> {
  repeatedly(100, 1000, async (n) => {
    await (await fetch(`${apis[n % 2]}/metrics`)).text();
  });
}

/** Somebody without a key, who tries thousands over web sockets and REST. */
async function guessers({ apis }: Target): Promise<void> {
  repeatedly(2, 1000, async (n) => {
    const api = apis[n % 2] as string;
    const guess = () => `guess-${Math.random()}-of-a-stranger`;
    await Promise.all(
      Array.from({ length: 20 }, async () => (await call(api, guess(), 'GET', '/batches')).text()),
    );
    await new Promise<void>((resolve) => {
      const manager = new Manager(api, { transports: ['websocket'], reconnection: false });
      manager.once('open', () => {
        for (let k = 0; k < 5000; k += 1) manager.engine.write(`0${JSON.stringify({ token: guess() })}`);
      });
      manager.once('close', () => resolve()).once('error', () => resolve());
    });
  });
}

/** Tables of 200,000 equal headings and reviews of 10,000 unknown codes, from keys of one tenant. */
async function largeNonsense({ apis }: Target): Promise<void> {
  const table = `sku,image${',a'.repeat(200_000)}\nA,https://a.example/a.jpg\n`;
  const codes = Array.from({ length: 10_000 }, (_, n) => `${n}-`.padEnd(100, 'x'));
  const review = JSON.stringify({ decision: 'approve', skus: codes });
  repeatedly(2, 1000, async (n) => {
    const api = apis[n % 2] as string;
    const answer = await fetch(`${api}/api/v1/batches/quote`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.acmeViewer}`, 'content-type': 'text/csv' },
      body: table,
    });
    if (answer.status >= 500 && answer.status !== 503)
      throw new Error(`a table is answered ${answer.status}`);
    await answer.text();
    await (await call(api, KEYS.acme, 'POST', '/batches/bnone/review', review)).text();
  });
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
} satisfies Record<string, Attack>;
