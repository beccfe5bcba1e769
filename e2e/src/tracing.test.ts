import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { eventually, freePort } from '@image-studio/testkit';
import {
  type CollectedSpan,
  type CollectorStandIn,
  startCollectorStandIn,
} from '@image-studio/testkit/collector-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const KEY = 'plant-admin-key-3f9d0c';
const COLLECTOR_KEY = 'plant collector-key-77';
const SIGNATURE = 'plant-source-signature-6d1f';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const bearer = { authorization: `Bearer ${KEY}` };
const soon = { timeoutMs: 30_000, intervalMs: 200 };

let collector: CollectorStandIn;
let world: World;

beforeAll(async () => {
  collector = await startCollectorStandIn();
  world = await openWorld({
    workers: 1,
    key: KEY,
    gemini: { latencyMs: 50 },
    env: {
      API_KEYS: KEY,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/`,
      OTEL_EXPORTER_OTLP_HEADERS: `x-team=${encodeURIComponent(COLLECTOR_KEY)}`,
      LOG_LEVEL: 'debug',
    },
  });
});
afterAll(async () => {
  await world?.close();
  await collector?.close();
});

async function submit(
  count: number,
  from: number,
  headers: Record<string, string> = {},
  options: object = {},
) {
  const skus = (await world.skus(count, from)).map(({ sku, images }) => ({
    sku,
    images: images.map(({ url }) => ({ url: `${url}?signature=${SIGNATURE}` })),
  }));
  const answer = await fetch(`${world.studio.url}/api/v1/batches`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ skus, output: { width: 200, height: 200, format: 'jpeg' }, ...options }),
  });
  expect(answer.status).toBe(202);
  return { headers: answer.headers, id: ((await answer.json()) as { id: string }).id };
}

describe('a batch of one SKU', () => {
  let batchId: string;
  let spans: CollectedSpan[];
  let receiver: Server;
  const one = (name: string) => {
    const found = spans.filter((span) => span.name === name);
    expect({ name, count: found.length }).toEqual({ name, count: 1 });
    return found[0] as CollectedSpan;
  };

  beforeAll(async () => {
    receiver = createHttpServer((request, response) => request.resume().on('end', () => response.end()));
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/?token=${SIGNATURE}`;
    const named = { traceparent: `00-${TRACE}-${CLIENT_SPAN}-01`, 'x-request-id': 'order-4711' };
    const { headers, id } = await submit(1, 0, named, { webhookUrl });
    batchId = id;
    expect(headers.get('x-request-id')).toBe('order-4711');
    expect(headers.get('traceparent')).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(headers.get('traceparent')).not.toContain(CLIENT_SPAN);
    await world.ended(id);
    await eventually(() => {
      spans = collector.spans.filter(({ traceId }) => traceId === TRACE);
      expect(spans.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['sku', 'process webhook', 'manifest']),
      );
    }, soon);
  });
  afterAll(() => {
    receiver?.closeAllConnections();
    receiver?.close();
  });

  test('is one trace, from the request to the last upload, each span below the one that asked for it', () => {
    const request = one('POST /batches');
    expect(request).toMatchObject({ service: 'image-studio-api', parentSpanId: CLIENT_SPAN, kind: 2 });
    const sku = one('sku');
    expect(sku).toMatchObject({ service: 'image-studio-worker', parentSpanId: request.spanId });
    expect(sku.attributes).toMatchObject({ 'studio.batch.id': batchId, 'studio.sku.state': 'completed' });
    // Before its call, and after it.
    const starts = spans.filter(({ name }) => name === 'process sku');
    expect(starts.map(({ parentSpanId }) => parentSpanId)).toEqual([sku.spanId, sku.spanId]);
    const [first, second] = starts.map(({ spanId }) => spanId);
    expect(one('download').parentSpanId).toBe(first);
    expect(one('prepare').parentSpanId).toBe(first);
    const added = one('add ai.main');
    expect(added.parentSpanId).toBe(first);
    const call = one('process ai');
    expect(call).toMatchObject({ parentSpanId: added.spanId, kind: 5 });
    expect(one('wait for slot').parentSpanId).toBe(call.spanId);
    expect(one('generate').parentSpanId).toBe(call.spanId);
    expect(one('store').parentSpanId).toBe(call.spanId);
    expect(one('finish').parentSpanId).toBe(second);
    expect(one('upload').parentSpanId).toBe(second);
    for (const { start, end } of spans) expect(end).toBeGreaterThanOrEqual(start);
    expect(spans.filter(({ isFailed }) => isFailed)).toEqual([]);
  });

  test('has the requests that went out: to the supplier, the model, the bucket and the receiver of its webhook', () => {
    const delivery = one('process webhook');
    expect(one('add webhook.batch.finished')).toMatchObject({
      parentSpanId: one('POST /batches').spanId,
      spanId: delivery.parentSpanId,
    });
    const sent = spans.find(({ parentSpanId }) => parentSpanId === delivery.spanId);
    expect(sent).toMatchObject({ kind: 3, attributes: { 'http.response.status_code': 200 } });
    const model = spans.find(
      ({ name, parentSpanId }) => name === 'POST' && parentSpanId === one('generate').spanId,
    );
    expect(model).toMatchObject({ kind: 3, attributes: { 'http.response.status_code': 200 } });
    const photo = spans.find(
      ({ name, parentSpanId }) => name === 'GET' && parentSpanId === one('download').spanId,
    );
    expect(photo).toMatchObject({ kind: 3, attributes: { 'http.response.status_code': 200 } });
    const puts = spans.filter(({ name }) => name === 'S3.PutObject');
    const parents = puts.map(({ parentSpanId }) => spans.find(({ spanId }) => spanId === parentSpanId)?.name);
    expect(parents.sort()).toEqual(['manifest', 'manifest', 'prepare', 'store', 'upload', 'upload']);
    expect(puts.map(({ attributes }) => String(attributes['aws.s3.key']).split('/')[0]).sort()).toEqual([
      'ai',
      'batches',
      'batches',
      'image-studio',
      'inputs',
      'thumbs',
    ]);
  });

  test('leaves nothing that hangs in the air', () => {
    const known = new Set([CLIENT_SPAN, ...spans.map(({ spanId }) => spanId)]);
    expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toEqual([]);
  });

  test('is named in every line of the log that was written for it, in both processes', () => {
    const lines = [world.studio.api, ...world.studio.workers].flatMap((one) =>
      one
        .output()
        .split('\n')
        .filter((line) => line.includes(batchId) || line.includes('"route":"/batches"'))
        .map((line) => JSON.parse(line) as { msg: string; requestId?: string; traceId?: string }),
    );
    const messages = lines.map(({ msg }) => msg);
    expect(messages).toEqual(expect.arrayContaining(['audit', 'request', 'stage done', 'manifest written']));
    for (const line of lines) expect(line).toMatchObject({ requestId: 'order-4711', traceId: TRACE });
  });
});

test('no secret, signature or picture is sent to the collector, and only it gets its key', () => {
  expect(collector.headers()['x-team']).toBe(COLLECTOR_KEY);
  const text = collector.text();
  expect(text).toContain('generate');
  for (const secret of [KEY, COLLECTOR_KEY, SIGNATURE, world.gemini.apiKey, world.s3.secretAccessKey]) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/X-Amz|Signature=|authorization/i);
});

test('a collector that is silent or gone holds nobody up', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await eventually(() => expect(silent.listening).toBe(true));
  const { port } = silent.address() as { port: number };
  const endpoints = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
  await Promise.all(world.studio.workers.map((worker) => worker.stop()));
  for (const endpoint of endpoints) world.studio.startWorker({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  try {
    const { id } = await submit(2, 100);
    const { counts } = await world.ended(id);
    expect(counts.completed).toBe(2);
    const stopped = performance.now();
    expect(await Promise.all(world.workers().map((worker) => worker.stop()))).toEqual([0, 0]);
    expect(performance.now() - stopped).toBeLessThan(5000);
  } finally {
    silent.close();
    for (const socket of sockets) socket.destroy();
  }
});
