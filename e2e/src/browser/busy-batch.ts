import { createReadStream, existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  BatchCounts,
  BatchProgress,
  BatchView,
  BriefSkuView,
  Check,
  SkuState,
} from '@image-studio/contract';
import { Server } from 'socket.io';

const DIST = fileURLToPath(new URL('../../../apps/dashboard/dist/', import.meta.url));
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** As often as the relay tells a batch's changes. */
const EVERY_MS = 250;

/** What the dashboard is served by: its own files, a batch that never rests, and a picture for every SKU. */
export interface BusyBatch {
  url: string;
  /** Changes told so far. */
  told(): number;
  close(): Promise<void>;
}

/**
 * A batch of `skus` in which `changes` SKUs change four times a second, without the fleet that it would take: for
 * measuring the browser's side alone. It speaks as the API does; what it says of pictures is made up.
 */
export async function startBusyBatch(options: {
  skus: number;
  changes: number;
  thumb: Uint8Array;
  /** The first SKUs need review, until a decision is sent; they are not among those that change. Default: none. */
  toJudge?: { skus: number; picture: Uint8Array };
}): Promise<BusyBatch> {
  const { skus: total, changes, thumb, toJudge = { skus: 0, picture: thumb } } = options;
  const states: SkuState[] = Array.from({ length: total }, (_, index) =>
    index < toJudge.skus ? 'needsReview' : index < total * 0.4 ? 'completed' : 'waiting',
  );
  let seq = 1;
  let at = Math.floor(total * 0.4);
  let toldChanges = 0;
  const createdAt = new Date().toISOString();

  const sku = (index: number): BriefSkuView => briefSku(index, states[index] ?? 'waiting');
  const batch = (): BatchView => ({
    id: 'busy',
    name: 'Ten thousand',
    ...numbers(),
    seq,
    createdAt,
    finishedAt: null,
    expiresAt: null,
  });
  function numbers() {
    const counts: BatchCounts = {
      total,
      waiting: 0,
      active: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      needsReview: 0,
    };
    for (const state of states) counts[state] += 1;
    return {
      status: 'running' as const,
      counts,
      images: { expected: total, done: counts.completed },
      calls: { made: counts.completed, reused: 0, failed: 0 },
      costUsd: counts.completed * 0.05,
      budgetUsd: null,
      pausedFor: null,
      eta: { lowSeconds: 600, highSeconds: 900 },
    };
  }

  const answers: Record<string, (query: URLSearchParams) => unknown> = {
    '/api/v1/batches/busy': batch,
    '/api/v1/batches/busy/skus': (query) => {
      const wanted = query.get('state');
      const limit = Number(query.get('limit') ?? 50);
      const items: BriefSkuView[] = [];
      let index = Number(query.get('cursor') ?? 0);
      for (; index < total && items.length < limit; index += 1)
        if (wanted === null || states[index] === wanted) items.push(sku(index));
      return { items, nextCursor: index < total ? String(index) : null };
    },
    '/api/v1/batches/busy/summary': () => ({
      stages: [],
      failures: [],
      checks: [],
      history: historyOf(createdAt),
    }),
    '/api/v1/batches/busy/webhooks': () => ({ items: [] }),
    '/api/v1/me': () => ({ role: 'admin', tenant: 'default', hasKey: false }),
    '/api/v1/workers': () => ({ items: [{ id: 'w' }] }),
    '/api/v1/quota': () => ({
      callsPerMinute: 600,
      callsLastMinute: 590,
      breakerOpen: false,
      pausedUntil: null,
      messages: [],
    }),
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://busy');
    const answer = answers[pathname];
    if (answer) return sendJson(response, answer(searchParams));
    const [, code, isReview] = /^\/api\/v1\/batches\/busy\/skus\/SKU-(\d+)(\/review)?$/.exec(pathname) ?? [];
    if (code !== undefined) {
      const index = Number(code);
      if (isReview !== undefined) {
        states[index] = 'completed';
        tell([sku(index)]);
      }
      return sendJson(response, { ...sku(index), timeline: [], sources: [] });
    }
    if (pathname.startsWith('/thumbs/')) return sendPicture(response, thumb);
    if (pathname.startsWith('/pictures/')) return sendPicture(response, toJudge.picture);
    sendFile(response, pathname);
  });
  const io = new Server(server, { serveClient: false });
  io.on('connection', (socket) => {
    socket.on('batch:subscribe', (_request, ack) => {
      void socket.join('busy');
      ack({ ok: true, missed: [] });
    });
  });
  function tell(changed: BriefSkuView[]): void {
    seq += changed.length;
    io.to('busy').emit('sku:update', { batchId: 'busy', seq, skus: changed });
  }
  const timer = setInterval(() => {
    const changed: BriefSkuView[] = [];
    for (let n = 0; n < changes; n += 1) {
      const index = toJudge.skus + (at % (total - toJudge.skus));
      at += 1;
      states[index] = states[index] === 'active' ? 'completed' : 'active';
      changed.push(sku(index));
    }
    toldChanges += changes;
    tell(changed);
    const latest = { stage: 'generate', sku: changed[0]?.sku ?? null, current: 0, total, percentage: 0 };
    io.to('busy').emit('batch:progress', {
      type: 'progress',
      batchId: 'busy',
      seq,
      ...latest,
      ...numbers(),
    } satisfies BatchProgress);
  }, EVERY_MS);

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told: () => toldChanges,
    async close() {
      clearInterval(timer);
      await io.close();
    },
  };
}

const OFF_COLOUR: Check = { rule: 'colour', measured: '21', required: 'at most 10', pass: false };

function briefSku(index: number, state: SkuState): BriefSkuView {
  const code = `SKU-${String(index).padStart(5, '0')}`;
  const stage = state === 'waiting' ? null : ('generate' as const);
  if (state !== 'completed' && state !== 'needsReview')
    return { sku: code, index, state, stage, attempts: 1, costUsd: 0, images: [] };
  const image = {
    role: 'main' as const,
    kind: 'main' as const,
    slot: 'main',
    sourceUrl: `https://supplier.example/photos/${code}.jpg`,
    sourcePreviewUrl: `/pictures/${code}-photo.webp`,
    url: `/pictures/${code}.webp`,
    thumbUrl: `/thumbs/${code}.webp`,
    callKey: String(index).padStart(64, '0'),
    ...{
      width: 1600,
      height: 1600,
      bytes: 120_000,
      format: 'webp',
      reused: false,
      costUsd: 0.05,
      model: 'gemini',
      ai: true,
    },
    checks: state === 'needsReview' ? [OFF_COLOUR] : [],
    review: null,
    version: '1',
  };
  return { sku: code, index, state, stage, attempts: 1, costUsd: 0.05, images: [image] };
}

function historyOf(createdAt: string) {
  return Array.from({ length: 120 }, (_, place) => ({
    at: new Date(Date.parse(createdAt) - (120 - place) * 10_000).toISOString(),
    ...{ seconds: 10, done: 90 + (place % 17), failed: place % 3, images: 100, calls: 100, callsFailed: 1 },
  }));
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendPicture(response: ServerResponse, picture: Uint8Array): void {
  response.writeHead(200, { 'content-type': 'image/webp', 'cache-control': 'max-age=3600' }).end(picture);
}

function sendFile(response: ServerResponse, path: string): void {
  const file = join(DIST, path === '/' ? 'index.html' : path);
  if (!file.startsWith(DIST) || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/html' });
  createReadStream(file).pipe(response);
}
