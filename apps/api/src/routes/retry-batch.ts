import { BatchView, FailureCode, MAX_SKUS_PER_BATCH, SkuCode } from '@image-studio/contract';
import { z } from 'zod';
import { jsonBody, optionalBody } from '../http/json-body.ts';
import { type Route, route } from '../http/route.ts';
import { viewBatch } from '../views/view-batch.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const RetryRequest = z
  .strictObject({
    reason: FailureCode.optional(),
    skus: z.array(SkuCode).min(1).max(MAX_SKUS_PER_BATCH).optional(),
  })
  .meta({ id: 'RetryRequest' });

/** `POST /batches/:id/retry`: enqueues failed SKUs anew, all of them or the ones that the body picks. */
export function retryBatch({ api, links }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches/:id/retry',
    operationId: 'retryBatch',
    tag: 'batches',
    summary: 'Try failed SKUs again: all, those that failed for a reason, or those named',
    role: 'operator',
    params: BatchPath,
    body: optionalBody(jsonBody(RetryRequest)),
    answers: {
      200: {
        description: 'The batch as it is now, and how many SKUs are tried again',
        schema: BatchView.extend({ retried: z.int() }).meta({ id: 'RetriedBatch' }),
      },
    },
    problems: { 404: 'No such batch' },
    async handle({ params, body, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      const { reason, skus } = body ?? {};
      const { retried } = await api.retry(id, {
        ...(reason !== undefined && { reason }),
        ...(skus !== undefined && { skus }),
      });
      const batch = viewBatch(await findBatch(api, id, principal.tenant), links);
      return { status: 200, body: { ...batch, retried } };
    },
  });
}
