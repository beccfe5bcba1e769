import { createHash } from 'node:crypto';
import {
  parseTraceparent,
  readCarrier,
  startSpan,
  type TraceContext,
  writeCarrier,
} from '@image-studio/tracing';

/**
 * SKUs of a batch whose spans are all in the trace of the request that submitted it. Each has 20 to 50 spans. Beyond that each
 * SKU has a trace of its own, with a link to the request: backends that were sent traces of 300,000 spans ran out of memory.
 */
const SHARED_TRACE_SKUS = 20;

/** What a SKU's job carries: where it is in which trace, and which span asked for it. */
export interface SkuTrace {
  /** The span of the SKU as a whole: what is done for it is part of that. */
  context: TraceContext;
  submittedBy: TraceContext | undefined;
}

/**
 * The trace of one run of a SKU. Derived, not invented: a second enqueueing of the job has the same trace.
 * `carrier` is what the batch was recorded with; absent in batches of earlier versions.
 */
export function skuTrace(
  batch: { id: string; total: number; carrier: string | undefined },
  index: number,
  run: number,
): SkuTrace {
  const submittedBy = readCarrier(batch.carrier);
  const isShared = submittedBy !== undefined && batch.total <= SHARED_TRACE_SKUS;
  return {
    submittedBy,
    context: {
      ...(submittedBy ?? { isSampled: true }),
      traceId: isShared ? submittedBy.traceId : digest(`${batch.id} ${index}`).slice(0, 32),
      spanId: digest(`${batch.id} ${index} ${run}`).slice(0, 16),
    },
  };
}

/** As BullMQ's `telemetry.metadata`; the hook reads the context out of it. */
export function writeSkuTrace({ context, submittedBy }: SkuTrace): string {
  const by = submittedBy && (JSON.parse(writeCarrier(submittedBy)) as { traceparent: string });
  return JSON.stringify({ ...JSON.parse(writeCarrier(context)), ...(by && { submittedBy: by.traceparent }) });
}

/** Records the span of a SKU that has ended, from the moment its job was added. */
export function recordSku(
  metadata: string | undefined,
  sku: { batchId: string; index: number; run: number; state: string; code?: string; startedAt: number },
): void {
  const context = readCarrier(metadata);
  if (context === undefined) return;
  const { submittedBy } = JSON.parse(metadata ?? '{}') as { submittedBy?: string };
  const by = parseTraceparent(submittedBy);
  const span = startSpan('sku', {
    parent: by?.traceId === context.traceId ? by : undefined,
    as: context,
    link: by?.traceId === context.traceId ? undefined : by,
    startedAt: sku.startedAt,
    attributes: {
      'studio.batch.id': sku.batchId,
      'studio.sku.index': sku.index,
      'studio.sku.run': sku.run,
      'studio.sku.state': sku.state,
    },
  });
  if (sku.code !== undefined) span.fail(sku.code);
  span.end();
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
