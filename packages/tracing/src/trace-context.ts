import { randomBytes } from 'node:crypto';

/** Where in a trace something happens, and on whose request. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the span that what comes next is part of. */
  readonly spanId: string;
  /** Whether the trace's beginner wants its spans. */
  readonly isSampled: boolean;
  /** The name that a client gave its request, or that the API gave it. */
  readonly requestId?: string;
}

/** The beginning of a trace that nobody has named. */
export function newTrace(isSampled: boolean): TraceContext {
  return { traceId: randomBytes(16).toString('hex'), spanId: newSpanId(), isSampled };
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

/** Version, trace, span, flags. Later versions may say more behind the flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const NOTHING = /^0+$/;

/** Reads W3C's `traceparent` header; `undefined` for one that says nothing, which begins a trace of its own. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(header ?? '') ?? [];
  if (traceId === '' || NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** What travels through Redis: in a batch, and in BullMQ's own field of a job. */
export function writeCarrier(context: TraceContext): string {
  const { requestId } = context;
  return JSON.stringify({ traceparent: formatTraceparent(context), ...(requestId && { requestId }) });
}

/** `undefined` for what no version of this program has written: a job without a context is as good as any. */
export function readCarrier(text: string | undefined): TraceContext | undefined {
  try {
    const { traceparent, requestId } = JSON.parse(text ?? '') as Record<string, unknown>;
    const context = parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined);
    return context && { ...context, ...(typeof requestId === 'string' && { requestId }) };
  } catch {
    return undefined;
  }
}

/** What a line of the log says of it. */
export function contextFields(context: TraceContext | undefined): { requestId?: string; traceId?: string } {
  if (context === undefined) return {};
  const { requestId, traceId } = context;
  return { ...(requestId !== undefined && { requestId }), traceId };
}
