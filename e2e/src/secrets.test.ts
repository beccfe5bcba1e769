import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type S3Request, type S3StandIn, startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { supplierFaults } from '@image-studio/testkit/supplier-faults';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { io } from 'socket.io-client';
import { s3Environment } from './world.ts';

const ADMIN = 'plant-admin-key-3f9d0c';
const OPERATOR = 'plant-operator-key-71ce88';
const WEBHOOK = 'cGxhbnQtd2ViaG9vay1zZWNyZXQtNWQ';
const REDIS = 'plant-redis-password-82aa';
const PLANTED = [ADMIN, OPERATOR, WEBHOOK, Buffer.from(WEBHOOK, 'base64').toString(), REDIS];
/** Of addresses that a client submits: its own business, which answers and Redis hold, and nobody else's. */
const SIGNATURE = 'plant-source-signature-6d1f';
const PASSWORD = 'plant-source-password-c4';

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;
let s3: S3StandIn;
let receiver: Server;
let hook: string;
const received: { id: unknown; body: string }[] = [];
/** Statuses of the receiver's next answers; 204 when there is none. */
const answers: number[] = [];

beforeAll(async () => {
  gemini = await startGeminiStandIn({ latencyMs: 50, side: 256 });
  supplier = await startSupplier();
  s3 = await startS3StandIn();
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ id: request.headers['webhook-id'], body });
    response.writeHead(answers.shift() ?? 204).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  studio = await deploy({
    workers: 1,
    key: ADMIN,
    redisPassword: REDIS,
    env: {
      ...s3Environment(s3),
      API_KEYS: `${ADMIN},operator@shop:${OPERATOR}`,
      WEBHOOK_SECRET: `whsec_${WEBHOOK}`,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '600',
      JOB_LOCK_MS: '3000',
      SOURCE_RETRIES: '0',
      LOG_LEVEL: 'trace',
    },
  });
});

afterAll(async () => {
  await studio?.close();
  receiver?.close();
  await supplier?.close();
  await s3?.close();
  await gemini?.close();
});

const as = (key: string) => ({ authorization: `Bearer ${key}` });

async function submit(skus: number, more: object = {}): Promise<string> {
  const photo = await productPhoto({ seed: 1, colour: distinctColour(1), width: 300, height: 300 });
  const url = `${supplier.serve('/a_main.jpg', photo)}?token=${SIGNATURE}`;
  const answer = await studio.post('/api/v1/batches', {
    webhookUrl: hook,
    skus: Array.from({ length: skus }, (_, at) => ({ sku: `S${at}`, images: [{ url }] })),
    ...more,
  });
  return ((await answer.json()) as { id: string }).id;
}

/** Photos whose addresses carry secrets, each of which fails in its own way. */
async function submitBroken(): Promise<string> {
  const { host } = new URL(supplier.origin);
  const query = `X-Amz-Signature=${SIGNATURE}`;
  supplier.serve('/moved.jpg', supplierFaults.redirect(`/gone.jpg?${query}`));
  supplier.serve('/reset.jpg', supplierFaults.resetHalfWay(Buffer.alloc(5000)));
  const urls = ['gone.jpg', 'moved.jpg', 'reset.jpg'].map((path) => `${supplier.origin}/${path}?${query}`);
  urls.push(
    `http://me:${PASSWORD}@${host}/a.jpg`,
    `http://127.0.0.1:1/x.jpg?${query}`,
    `https://${host}/tls.jpg?${query}`,
  );
  const skus = urls.map((url, at) => ({ sku: `X${at}`, images: [{ url }] }));
  const answer = await studio.post('/api/v1/batches', { skus, webhookUrl: `${hook}?token=${SIGNATURE}` });
  return ((await answer.json()) as { id: string }).id;
}

test('no secret appears in Redis, in the bucket, in logs, in answers or on sockets', async () => {
  const told: string[] = [];
  const tell = async (answer: Promise<Response>) => {
    const response = await answer;
    told.push(JSON.stringify([...response.headers]), await response.text());
  };
  const socket = io(studio.url, { auth: { token: ADMIN }, transports: ['websocket'] });
  socket.onAny((...news) => void told.push(JSON.stringify(news)));
  const id = await submit(3);
  told.push(JSON.stringify(await socket.timeout(5000).emitWithAck('batch:subscribe', { batchId: id })));
  const refused = io(studio.url, {
    auth: { token: `${OPERATOR}x` },
    transports: ['websocket'],
    forceNew: true,
  });
  const [error] = await new Promise<[Error]>((resolve) => refused.once('connect_error', (e) => resolve([e])));
  told.push(String(error), JSON.stringify(error));
  refused.close();

  // Failures of every kind, each of which might quote what it was given.
  const isUpload = ({ operation, key }: S3Request) =>
    operation === 'PutObject' && key.startsWith('image-studio/');
  let refusals = 3;
  s3.interfere((request) =>
    isUpload(request) && refusals-- > 0
      ? { kind: 'error', status: 403, code: 'SignatureDoesNotMatch' }
      : undefined,
  );
  const broken = await submitBroken();
  await tell(studio.post('/api/v1/batches', { skus: [] }, as(OPERATOR)));
  await tell(studio.post('/api/v1/batches', `{"api_key":"${ADMIN}`));
  await tell(studio.post('/api/v1/webhooks/test', { url: 'http://127.0.0.1:1/' }));
  await tell(fetch(`${studio.url}/api/v1/batches`, { headers: as(`${OPERATOR}x`) }));
  for (const path of [
    '/api/v1/quota',
    '/api/v1/workers',
    '/metrics',
    '/readyz',
    '/api/v1/fleet',
    `/api/v1/batches/${id}/skus`,
    `/api/v1/batches/${id}/manifest.csv`,
  ]) {
    await tell(studio.get(path));
  }
  await tell(studio.get('/admin/queues/api/queues?activeQueue=sku'));
  for (const path of ['metrics', 'readyz']) await tell(fetch(`${workerOpsUrl()}/${path}`));
  await eventually(() => expect(received.length).toBeGreaterThan(1), { timeoutMs: 90_000 });
  await tell(studio.get(`/api/v1/batches/${id}`));
  await tell(studio.get(`/api/v1/batches/${id}/webhooks`));
  socket.close();

  // Not the id of S3's key: it is part of every signed link.
  const secrets = [...PLANTED, gemini.apiKey, s3.secretAccessKey];
  const holds = (text: string, also: string[] = []) =>
    [...secrets, ...also].filter((secret) => text.includes(secret));
  expect(holds(told.join('\n'))).toEqual([]);
  expect(holds(received.map(({ body }) => body).join('\n'), [SIGNATURE, PASSWORD])).toEqual([]);
  const failures = (await (await studio.get(`/api/v1/batches/${broken}/skus`)).json()) as {
    items: SkuView[];
  };
  expect(failures.items.map(({ state }) => state)).toEqual(Array(6).fill('failed'));
  const reasons = failures.items.map(({ failure, timeline }) => JSON.stringify([failure, timeline]));
  expect(holds(reasons.join('\n'), [SIGNATURE, PASSWORD])).toEqual([]);
  expect(holds(await everythingIn(studio.redisUrl))).toEqual([]);
  await eventually(() => expect(s3.keys()).toContain(`batches/${id}/manifest.csv`), { timeoutMs: 30_000 });
  for (const key of s3.keys()) {
    const text = s3.read(key).toString('latin1');
    // Manifests name the photos as they were submitted; pictures may lie in a public bucket.
    const also = key.startsWith('batches/') ? [PASSWORD] : [SIGNATURE, PASSWORD];
    expect([key, ...holds(key + text, also)]).toEqual([key]);
  }
  const logs = [studio.api, ...studio.workers].map(({ output }) => output()).join('\n');
  expect(logs.length).toBeGreaterThan(1000);
  expect(holds(logs, [SIGNATURE, PASSWORD])).toEqual([]);
  expect(refusals).toBeLessThanOrEqual(0);
});

/** Where the first worker serves its metrics; it says so when it starts. */
function workerOpsUrl(): string {
  return /"opsUrl":"([^"]+)"/.exec(studio.workers[0]?.output() ?? '')?.[1] ?? '';
}

test('a webhook that its worker died over is sent by the next one, under the same id', async () => {
  received.length = 0;
  answers.push(500);
  const id = await submit(1);
  await eventually(() => expect(received).toHaveLength(1), { timeoutMs: 60_000 });
  await Promise.all(studio.workers.map((worker) => worker.stop('SIGKILL')));
  studio.startWorker();
  await eventually(() => expect(received).toHaveLength(2), { timeoutMs: 60_000 });
  expect(received.map((message) => message.id)).toEqual([`msg_${id}_1`, `msg_${id}_1`]);
  expect(received[1]?.body).toBe(received[0]?.body);
  // The receiver has it before the answer is written down.
  await eventually(async () => {
    const page = await (await studio.get(`/api/v1/batches/${id}/webhooks`)).json();
    expect(page).toMatchObject({ items: [{ status: 'delivered' }] });
  });
});

async function everythingIn(redisUrl: string): Promise<string> {
  const redis = new Redis(redisUrl);
  const parts: unknown[] = [];
  for (const key of await redis.keys('*')) {
    parts.push(key, await read(redis, key));
  }
  await redis.quit();
  return JSON.stringify(parts);
}

async function read(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}
