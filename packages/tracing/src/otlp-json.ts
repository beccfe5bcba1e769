import type { Attributes, EndedSpan, SpanKind } from './span.ts';

const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const FAILED = 2;
/** No name or number of ours is longer; what is was not meant to be there. */
const MAX_VALUE_LENGTH = 500;

/** The body of an OTLP request (`ExportTraceServiceRequest` as JSON). */
export function otlpJson(spans: readonly EndedSpan[], resource: Attributes, version: string): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'image-studio', version }, spans: spans.map(toOtlp) }],
      },
    ],
  });
}

function toOtlp(span: EndedSpan) {
  const { context, parentSpanId, link, fault } = span;
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(parentSpanId && { parentSpanId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.startedAt),
    endTimeUnixNano: nanoseconds(Math.max(span.startedAt, span.endedAt)),
    attributes: keyValues({
      ...span.attributes,
      ...(context.requestId && { 'studio.request.id': context.requestId }),
      ...(fault !== undefined && { 'error.type': fault }),
    }),
    ...(link && { links: [{ traceId: link.traceId, spanId: link.spanId }] }),
    status: fault === undefined ? {} : { code: FAILED, message: fault },
  };
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: withoutQuery(value).slice(0, MAX_VALUE_LENGTH) };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Signatures and keys stand in the query of an address, or before its host. */
function withoutQuery(text: string): string {
  return text
    .replace(/(\w+:\/\/)(?:[^\s/@]*@)?([^\s?#]*)[?#]\S*/g, '$1$2')
    .replace(/(\w+:\/\/)[^\s/@]*@/g, '$1');
}

/** A number of 64 bits is a string in OTLP's JSON. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}
