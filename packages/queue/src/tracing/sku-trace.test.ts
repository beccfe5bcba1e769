import {
  type EndedSpan,
  parseTraceparent,
  readCarrier,
  recordSpans,
  type TraceContext,
  writeCarrier,
} from '@image-studio/tracing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { recordSku, type SkuTrace, skuTrace, writeSkuTrace } from './sku-trace.ts';

const request = {
  ...(parseTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01') as TraceContext),
  requestId: 'order-1',
};
const ended = { batchId: 'b1', state: 'completed', startedAt: 1000 };
let spans: EndedSpan[];

function recordEach(traces: SkuTrace[]): void {
  for (const [index, trace] of traces.entries()) recordSku(writeSkuTrace(trace), { ...ended, index, run: 1 });
}

beforeEach(() => {
  spans = [];
  recordSpans({ share: 1, record: (span) => void spans.push(span) });
});
afterEach(() => recordSpans(null));

const batch = (total: number, carrier: string | undefined = writeCarrier(request)) => ({
  id: 'b1',
  total,
  carrier,
});

test('SKUs of a small batch are in the trace of the request, below it, each with a span of its own', () => {
  const traces = [0, 1].map((index) => skuTrace(batch(2), index, 1));
  recordEach(traces);
  expect(spans).toMatchObject([
    { context: traces[0]?.context, parentSpanId: request.spanId },
    { context: traces[1]?.context, parentSpanId: request.spanId },
  ]);
  expect(traces.map(({ context }) => context.traceId)).toEqual([request.traceId, request.traceId]);
  expect(traces[0]?.context.spanId).not.toBe(traces[1]?.context.spanId);
});

test('each SKU of a large batch has a trace of its own, which names the request', () => {
  const traces = [0, 1].map((index) => skuTrace(batch(10_000), index, 1));
  recordEach(traces);
  expect(spans.map(({ link }) => link?.traceId)).toEqual([request.traceId, request.traceId]);
  expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined]);
  expect(new Set([request, ...traces.map(({ context }) => context)].map(({ traceId }) => traceId)).size).toBe(
    3,
  );
  expect(traces[0]?.context.requestId).toBe('order-1');
});

test('is the same whoever enqueues it, goes on in the same trace in another run, and is read by the hook', () => {
  const first = skuTrace(batch(10_000), 7, 1);
  expect(skuTrace(batch(10_000), 7, 1)).toEqual(first);
  const second = skuTrace(batch(10_000), 7, 2);
  expect(second.context.traceId).toBe(first.context.traceId);
  expect(second.context.spanId).not.toBe(first.context.spanId);
  expect(readCarrier(writeSkuTrace(first))).toEqual(first.context);
});

test('is there for a batch that an earlier version recorded, and nothing is recorded of a job of one', () => {
  const { context } = skuTrace(batch(1, undefined), 0, 1);
  expect(context).toMatchObject({ isSampled: true, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  recordSku(undefined, { ...ended, index: 0, run: 1 });
  expect(spans).toEqual([]);
});
