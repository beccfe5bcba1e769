import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { startProvider } from './quota-provider.ts';

/** An hour at the provider lasts a second. */
const HOUR_MS = 1000;
/** Small pictures: this is about parcels. */
const PICTURE_PX = 128;
const POLL_MS = 500;
const KILLS = 9;

interface EconomyStats {
  accepted: number;
  paidTwice: number;
  billedUsd: number;
  batches: { displayName: string; state: string; keys: string[]; made: number }[];
}

/**
 * A batch in the economy lane, by default of 2,000 calls, at a provider that loses answers to creates, lets its second batch expire and its
 * third one lie until it expires, fails lines, and lags with its list, while a worker is killed (-9) nine times: what is created, billed and
 * late. Arguments: calls, hours until the deadline, SKUs that can be prepared in a second (their supplier is as slow; 0: as fast as can be).
 */
export async function benchEconomy(args: string[]): Promise<void> {
  const [calls = 2000, hours = 600, preparedPerSecond = 0] = args.map(Number);
  const batch = {
    ...{ hourMs: HOUR_MS, lineErrors: 0.05, lostCreates: 2, listLagHours: 0.05, hours: 2 },
    outcomes: ['succeeded', 'expired', 'stuck'],
  };
  const provider = await startProvider({ batch, side: PICTURE_PX });
  const supplier = await startSupplier();
  const turns = { intervalMs: 1000 / preparedPerSecond, nextAt: 0 };
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: provider.apiKey,
      GEMINI_BASE_URL: provider.baseUrl,
      AI_CALLS_PER_MINUTE: '6000',
      ECONOMY_HOUR_MS: String(HOUR_MS),
      JOB_LOCK_MS: '3000',
      LOG_LEVEL: 'info',
    },
  });
  try {
    const skus = [];
    for (let n = 1; n <= calls; n += 1) {
      const size = { width: PICTURE_PX, height: PICTURE_PX };
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), ...size });
      const served = preparedPerSecond > 0 ? slowly(photo, turns) : photo;
      skus.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, served) }] });
    }
    const output = { width: PICTURE_PX, height: PICTURE_PX, format: 'jpeg' };
    const deadline = new Date(Date.now() + hours * HOUR_MS).toISOString();
    const order = { skus, output, lane: 'economy', deadline, sharedPhotos: 'allow' };
    const { id } = (await (await studio.post('/api/v1/batches', order)).json()) as { id: string };
    const kills = killNowAndThen(studio, id, calls);
    const ended = await followBatch(studio, id);
    await kills;
    const stats = (await provider.stats()) as unknown as EconomyStats;
    const parcels = new Set(stats.batches.map(({ displayName }) => displayName)).size;
    const made = stats.batches.reduce((sum, one) => sum + one.made, 0);
    const interactiveUsd = (calls * stats.billedUsd) / (made / 2 + stats.accepted);
    console.table({
      'calls · SKUs that failed': `${calls} · ${ended.counts.failed}`,
      'creates · parcels': `${stats.batches.length} · ${parcels}`,
      'calls of each': stats.batches
        .map(({ keys, state }) => `${keys.length} ${WORDS[state] ?? ''}`)
        .join(', '),
      'made in batches · one by one': `${made} · ${stats.accepted}`,
      'paid twice': stats.paidTwice,
      'bill · of the interactive one': `$${stats.billedUsd.toFixed(2)} · ${(stats.billedUsd / interactiveUsd).toFixed(3)}`,
      'booked · difference': `$${ended.costUsd.toFixed(2)} · $${(ended.costUsd - stats.billedUsd).toFixed(4)}`,
      'before the deadline (h)': ((Date.parse(deadline) - Date.parse(ended.finishedAt)) / HOUR_MS).toFixed(0),
    });
  } finally {
    await studio.close();
    await Promise.all([provider.close(), supplier.close()]);
  }
}

/** States that are worth a word. */
const WORDS: Record<string, string> = { EXPIRED: 'expired', CANCELLED: 'cancelled', FAILED: 'failed' };

/** A photo of a supplier that sends so many in a second, whoever asks. */
function slowly(photo: Uint8Array, turns: { intervalMs: number; nextAt: number }) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    turns.nextAt = Math.max(Date.now(), turns.nextAt + turns.intervalMs);
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': photo.length });
      response.end(photo);
    }, turns.nextAt - Date.now());
  };
}

interface Batch {
  counts: { failed: number };
  costUsd: number;
  finishedAt: string;
}

async function followBatch(studio: Deployment, id: string): Promise<Batch> {
  for (;;) {
    const batch = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as Batch;
    if (batch.finishedAt !== null) return batch;
    await sleep(POLL_MS);
  }
}

/** Kills a worker at nine points of the way from parked to back, and starts another in its place. */
async function killNowAndThen(studio: Deployment, id: string, calls: number): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    for (;;) {
      const { finishedAt } = (await (await studio.get(`/api/v1/batches/${id}`)).json()) as Batch;
      if (finishedAt !== null) return;
      const answer = await studio.get(`/api/v1/batches/${id}/summary`);
      const { economy } = (await answer.json()) as { economy?: { atProvider: number; back: number } };
      if (economy && economy.atProvider + economy.back > (kill * calls) / (KILLS + 1)) break;
      await sleep(POLL_MS / 5);
    }
    await sleep(Math.random() * HOUR_MS);
    await studio.workers[kill]?.stop('SIGKILL');
    studio.startWorker();
  }
}
