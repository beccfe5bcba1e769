import { currentContext, runIn } from './current-context.ts';
import { newSpanId, newTrace, type TraceContext } from './trace-context.ts';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Names and numbers. Addresses without their query, never a key, a header or a body. */
export type Attributes = Record<string, string | number | boolean | undefined>;

export interface SpanOptions {
  /** Default: `internal`. A `server` or `consumer` begins a trace where there is none; others need one to be part of. */
  kind?: SpanKind;
  attributes?: Attributes;
  /** Default: the current context. */
  parent?: TraceContext | undefined;
  /** Which span it is; default: a new one. For a span whose parts were there before its end was known. */
  as?: TraceContext;
  /** Of another trace that this one came out of. */
  link?: TraceContext | undefined;
  /** Milliseconds since 1970. Default: now. */
  startedAt?: number;
  /** Whether an error of the work is a fault, and not an answer like any other. Default: each is. */
  isFault?: (error: unknown) => boolean;
}

export interface Span {
  /** For what is part of this span; without spans, the one around it. */
  readonly context: TraceContext | undefined;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** It came to no good end: `code` says why in a word. */
  fail(error: unknown): void;
  end(): void;
}

/** A span as recorders get it. */
export interface EndedSpan {
  name: string;
  kind: SpanKind;
  context: TraceContext;
  parentSpanId?: string;
  link?: TraceContext;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  /** A word; absent when it came to a good end. */
  fault?: string;
}

interface Recorder {
  record(span: EndedSpan): void;
  /** Share of the traces that begin here and are recorded, 0 to 1. */
  share: number;
}

let recorder: Recorder | undefined;

/** From now on spans are recorded; `null`: no longer. Until then none is made. */
export function recordSpans(to: Recorder | null): void {
  recorder = to ?? undefined;
}

/** Runs `work` as a span of the current trace. Its error passes through. Without a recorder it only runs `work`. */
export async function span<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const started = startSpan(name, options);
  if (started.context === currentContext()) return work(started);
  try {
    return await runIn(started.context, () => work(started));
  } catch (error) {
    if (options.isFault?.(error) !== false) started.fail(error);
    throw error;
  } finally {
    started.end();
  }
}

/** A span that ends when `end` is called. Nothing is made of it where nobody records, or nobody asked for the trace. */
export function startSpan(firstName: string, options: SpanOptions = {}): Span {
  let name = firstName;
  const { kind = 'internal', link, as } = options;
  const parent = 'parent' in options ? options.parent : currentContext();
  const { record, share } = recorder ?? {};
  const mayBegin = kind === 'server' || kind === 'consumer';
  const begun =
    parent ?? as ?? (mayBegin && share !== undefined ? newTrace(Math.random() < share) : undefined);
  if (record === undefined || begun === undefined || !begun.isSampled) return unrecorded(begun);
  const context = as ?? (parent === undefined ? begun : { ...begun, spanId: newSpanId() });
  const startedAt = options.startedAt ?? Date.now();
  const clock = performance.now();
  let attributes = { ...options.attributes };
  let fault: string | undefined;
  let hasEnded = false;
  return {
    context,
    set: (more) => {
      attributes = { ...attributes, ...more };
    },
    rename: (better) => {
      name = better;
    },
    fail: (error) => {
      fault = wordOf(error);
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      record({
        name,
        kind,
        context,
        ...(parent && { parentSpanId: parent.spanId }),
        ...(link && { link }),
        startedAt,
        endedAt: options.startedAt === undefined ? startedAt + performance.now() - clock : Date.now(),
        attributes,
        ...(fault !== undefined && { fault }),
      });
    },
  };
}

const unrecorded = (context: TraceContext | undefined): Span => ({
  context,
  set() {},
  rename() {},
  fail() {},
  end() {},
});

/** The code that a fault has, or its name: its sentence may quote what it was about. */
function wordOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Object)) return 'fault';
  const { code, kind, name } = error as { code?: unknown; kind?: unknown; name?: unknown };
  return [code, kind, name].find((word): word is string => typeof word === 'string') ?? 'fault';
}
