import { SkuView } from '@image-studio/contract';
import { z } from 'zod';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { viewSku } from '../views/view-sku.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `GET /batches/:id/skus/:sku`: the code is percent-encoded, so it may be `a/b`, `..` or 中文. */
export function getSku({ api, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/skus/:sku',
    operationId: 'getSku',
    tag: 'skus',
    summary: 'One SKU: stage, attempts, timeline, pictures, failure',
    role: 'viewer',
    params: BatchPath.extend({ sku: z.string() }),
    answers: { 200: { description: 'The SKU', schema: SkuView } },
    problems: { 404: 'No such batch, or no such SKU in it' },
    async handle({ params, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      const entry = await api.sku(id, params.sku);
      if (entry === null) throw new ProblemError(404, 'SKU_NOT_FOUND', 'This batch holds no such SKU.');
      return { status: 200, body: await viewSku(entry, links) };
    },
  });
}
