import { BatchView, FailureCode, MAX_SKUS_PER_BATCH, SkuCode } from '@image-studio/contract';
import { planInForce } from '@image-studio/planning';
import { z } from 'zod';
import { jsonBody, optionalBody } from '../http/json-body.ts';
import { type Route, route } from '../http/route.ts';
import { quoteRetry } from '../quote-retry.ts';
import { viewBatch } from '../views/view-batch.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const RetryRequest = z
  .strictObject({
    reason: FailureCode.optional(),
    skus: z.array(SkuCode).min(1).max(MAX_SKUS_PER_BATCH).optional(),
    /** Only says how many SKUs, calls and dollars it would be. */
    dryRun: z.boolean().optional(),
  })
  .meta({ id: 'RetryRequest' });

/** 10,000 SKU codes of 128 characters in any script. */
const MAX_BYTES = 8 * 1024 * 1024;

const RetriedBatch = BatchView.extend({ retried: z.int() }).meta({ id: 'RetriedBatch' });
const WouldRetry = z
  .object({
    wouldRetry: z.int(),
    /** Of them, those whose photo was at fault: they succeed only if it has been replaced. */
    unlikely: z.int(),
    calls: z.int(),
    costUsd: z.object({ low: z.number(), high: z.number() }),
  })
  .meta({ id: 'WouldRetry' });

/** `POST /batches/:id/retry`: enqueues failed SKUs anew, all of them or the ones that the body picks. */
export function retryBatch({ api, links, traits }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches/:id/retry',
    operationId: 'retryBatch',
    tag: 'batches',
    summary:
      'Try failed SKUs again: all, those that failed for a reason, or those named; `dryRun` says what it would cost',
    role: 'operator',
    params: BatchPath,
    body: optionalBody(jsonBody(RetryRequest, { maxBytes: MAX_BYTES, list: 'skus' })),
    answers: {
      200: {
        description: 'The batch as it is now, and how many SKUs are tried again; or what it would be',
        schema: z.union([RetriedBatch, WouldRetry]),
      },
    },
    problems: { 404: 'No such batch' },
    async handle({ params, body, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      const { id, options } = batch;
      const { reason, skus, dryRun } = body ?? {};
      const filter = { ...(reason !== undefined && { reason }), ...(skus !== undefined && { skus }) };
      if (dryRun) {
        const plan = planInForce(await api.plan(id), options, traits);
        return { status: 200, body: await quoteRetry(api, plan, batch, filter) };
      }
      const { retried } = await api.retry(id, filter);
      const view = viewBatch(await findBatch(api, id, principal.tenant), links);
      return { status: 200, body: { ...view, retried } };
    },
  });
}
