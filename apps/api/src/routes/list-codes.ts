import { SkuCode } from '@image-studio/contract';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';
import { filterOf, SkuFilter } from './sku-filter.ts';

/** `GET /batches/:id/codes`: what a filter finds at this moment, for a decision about just these. */
export function listCodes({ api }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/codes',
    operationId: 'listCodes',
    tag: 'skus',
    summary: 'Codes of all SKUs that a filter finds, in the order of submission',
    role: 'viewer',
    params: BatchPath,
    query: SkuFilter,
    answers: {
      200: { description: 'The codes', schema: z.object({ skus: z.array(SkuCode) }).meta({ id: 'Codes' }) },
    },
    problems: { 404: 'No such batch' },
    async handle({ params, query, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      return { status: 200, body: { skus: await api.codes(id, filterOf(query)) } };
    },
  });
}
