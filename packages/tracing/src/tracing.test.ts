import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { bound, currentContext, detached, runIn } from './current-context.ts';
import { exportSpans } from './otlp-exporter.ts';
import { otlpJson } from './otlp-json.ts';
import { type EndedSpan, recordSpans, span, startSpan } from './span.ts';
import {
  formatTraceparent,
  newTrace,
  parseTraceparent,
  readCarrier,
  type TraceContext,
  writeCarrier,
} from './trace-context.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const parent = parseTraceparent(PARENT) as TraceContext;

afterEach(() => recordSpans(null));

function recording(share = 1): EndedSpan[] {
  const spans: EndedSpan[] = [];
  recordSpans({ share, record: (one) => void spans.push(one) });
  return spans;
}

describe('traceparent', () => {
  test('is read and written as W3C has it', () => {
    expect(parent).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      isSampled: true,
    });
    expect(formatTraceparent(parent)).toBe(PARENT);
    expect(parseTraceparent(`${PARENT.slice(0, -2)}00`)?.isSampled).toBe(false);
    // A later version may say more.
    expect(parseTraceparent(`cc${PARENT.slice(2)}-what-the-future-brings`)).toEqual(parent);
  });

  test.each([
    ['', undefined],
    ['a version that is none', `ff${PARENT.slice(2)}`],
    ['a trace of zeros', PARENT.replace(parent.traceId, '0'.repeat(32))],
    ['a span of zeros', PARENT.replace(parent.spanId, '0'.repeat(16))],
    ['capitals', PARENT.toUpperCase()],
    ['a piece of it', PARENT.slice(0, 40)],
  ])('%s begins a trace of its own', (_, header) => expect(parseTraceparent(header)).toBeUndefined());

  test('travels through Redis with the name of the request, and what nobody wrote is nothing', () => {
    const context = { ...parent, requestId: 'order-1' };
    expect(readCarrier(writeCarrier(context))).toEqual(context);
    for (const text of [undefined, '', '{', 'null', '{"traceparent":1}'])
      expect(readCarrier(text)).toBeUndefined();
  });
});

test('work, timers and listeners know for whom they are, unless they are for all', async () => {
  const later = await runIn(parent, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return {
      own: currentContext(),
      none: detached(currentContext),
      listener: bound(() => seen.push(currentContext())),
    };
  });
  const seen: unknown[] = [];
  expect(later).toMatchObject({ own: parent, none: undefined });
  later.listener();
  expect(seen).toEqual([parent]);
  expect(currentContext()).toBeUndefined();
});

describe('span', () => {
  test('is only its work where nobody records', async () => {
    const seen = await runIn(parent, () => span('download', {}, async () => currentContext()));
    expect(seen).toBe(parent);
  });

  test('is part of the one around it, and says in a word why it failed', async () => {
    const spans = recording();
    const failing = runIn(parent, () =>
      span('upload', { attributes: { bytes: 3 } }, async () => {
        await span('S3.PutObject', { kind: 'client' }, async () => {
          throw Object.assign(new Error('no such bucket at https://x/?sig=1'), { code: 'STORE_UNAVAILABLE' });
        });
      }),
    );
    await expect(failing).rejects.toThrow('no such bucket');
    expect(spans.map(({ name, fault }) => [name, fault])).toEqual([
      ['S3.PutObject', 'STORE_UNAVAILABLE'],
      ['upload', 'STORE_UNAVAILABLE'],
    ]);
    expect(spans[1]).toMatchObject({ parentSpanId: parent.spanId, attributes: { bytes: 3 } });
    expect(spans[0]?.parentSpanId).toBe(spans[1]?.context.spanId);
    expect(spans[0]?.context.traceId).toBe(parent.traceId);
  });

  test('is made of nothing that belongs to no trace, or to one that nobody asked for', async () => {
    const spans = recording();
    await span('S3.HeadObject', { kind: 'client' }, async () => {});
    await runIn({ ...parent, isSampled: false }, () => span('download', {}, async () => {}));
    recordSpans({ share: 0, record: (one) => void spans.push(one) });
    startSpan('GET', { kind: 'server' }).end();
    expect(spans).toEqual([]);
  });

  test('begins a trace for a request or a job without one', () => {
    const spans = recording();
    startSpan('GET', { kind: 'server' }).end();
    expect(spans[0]?.context.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spans[0]).not.toHaveProperty('parentSpanId');
  });
});

describe('the request to the collector', () => {
  const ended: EndedSpan = {
    name: 'download',
    kind: 'client',
    context: { ...newTrace(true), requestId: 'r1' },
    parentSpanId: parent.spanId,
    startedAt: 1_790_000_000_000.25,
    endedAt: 1_790_000_000_010,
    attributes: {
      url: 'https://name:word@cdn.example/a.jpg?X-Amz-Signature=abc and https://b.example/c?d#e',
      bytes: 12,
      ratio: 0.5,
      isKept: true,
      nothing: undefined,
    },
  };

  test('is OTLP as JSON: numbers of 64 bits as text, no query of any address', () => {
    const body = JSON.parse(otlpJson([ended], { 'service.name': 'image-studio-api' }, '1.0.0'));
    const [{ resource, scopeSpans }] = body.resourceSpans;
    expect(resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'image-studio-api' } },
    ]);
    expect(scopeSpans[0].spans[0]).toEqual({
      traceId: ended.context.traceId,
      spanId: ended.context.spanId,
      parentSpanId: parent.spanId,
      name: 'download',
      kind: 3,
      startTimeUnixNano: '1790000000000250000',
      endTimeUnixNano: '1790000000010000000',
      attributes: [
        { key: 'url', value: { stringValue: 'https://cdn.example/a.jpg and https://b.example/c' } },
        { key: 'bytes', value: { intValue: '12' } },
        { key: 'ratio', value: { doubleValue: 0.5 } },
        { key: 'isKept', value: { boolValue: true } },
        { key: 'studio.request.id', value: { stringValue: 'r1' } },
      ],
      status: {},
    });
  });

  test('is given up at a collector that is not there, said once, and no more is held than a bound', async () => {
    const warnings: object[] = [];
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    const exporter = exportSpans({
      url: `http://127.0.0.1:${port}/v1/traces`,
      headers: {},
      resource: {},
      version: '1',
      share: 1,
      redact: (text) => text,
      log: { warn: (fields) => void warnings.push(fields), info() {} },
      everyMs: 5,
    });
    for (let n = 0; n < 20_000; n += 1) startSpan('GET', { kind: 'server' }).end();
    while (warnings.length === 0) await sleep(5);
    // Twenty more tries, of which nothing is said.
    await sleep(100);
    await exporter.close();
    expect(warnings).toEqual([{ reason: 'ECONNREFUSED' }]);
  });
});
