import {
  currentContext,
  readCarrier,
  runIn,
  type Span,
  startSpan,
  type TraceContext,
  writeCarrier,
} from '@image-studio/tracing';
import { SpanKind, type Telemetry } from 'bullmq';

type Context = TraceContext | undefined;
type BullSpan = ReturnType<Telemetry<Context>['tracer']['startSpan']>;

/**
 * BullMQ's telemetry hook. A job carries the context of who wanted it in BullMQ's own field, and runs in it: its log lines
 * name the request, also where no span is recorded. Spans are made of jobs that run and of calls that a job adds; BullMQ's
 * others (each look for a job, each change of a queue) belong to nobody's trace. Sentences of faults and results stay out.
 */
export const bullmqTelemetry: Telemetry<Context> = {
  contextManager: {
    active: currentContext,
    root: () => undefined,
    with: (context: Context, work: () => unknown) => runIn(context, work) as never,
    getMetadata: (context: Context) => (context === undefined ? '' : writeCarrier(context)),
    fromMetadata: (_active: Context, metadata: string) => readCarrier(metadata),
  },
  tracer: {
    startSpan(name, options, parent) {
      if (options?.kind === SpanKind.CONSUMER) return shown(startSpan(name, { kind: 'consumer', parent }));
      if (options?.kind === SpanKind.PRODUCER) return shown(startSpan(name, { kind: 'producer' }));
      return NO_SPAN;
    },
  },
};

/** What of a span BullMQ may set. A job that has failed throws nothing: BullMQ says so with an event. */
function shown(span: Span): BullSpan {
  return {
    setSpanOnContext: () => span.context,
    setAttribute: (name, value) => span.set({ [name]: plain(value) }),
    setAttributes(attributes) {
      span.set(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)])));
    },
    addEvent(name) {
      if (name === 'job failed') span.fail(name);
    },
    recordException: (error) => span.fail(error),
    end: () => span.end(),
  };
}

function plain(value: unknown): string | number | boolean | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

const NO_SPAN: BullSpan = {
  setSpanOnContext: (context) => context,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};
