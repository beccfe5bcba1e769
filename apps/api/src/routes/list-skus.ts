import { BriefSkuView, SkuView } from '@image-studio/contract';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { briefSku } from '../views/brief-sku.ts';
import { viewSku } from '../views/view-sku.ts';
import { BatchPath, PageQuery } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';
import { filterOf, SkuFilter } from './sku-filter.ts';

/** `GET /batches/:id/skus`: in the order of submission, filtered by state, failure code, failing check and part of the code. */
export function listSkus({ api, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/skus',
    operationId: 'listSkus',
    tag: 'skus',
    summary: 'SKUs of a batch in the order of submission',
    role: 'viewer',
    params: BatchPath,
    query: PageQuery.extend({
      ...SkuFilter.shape,
      cursor: z
        .string()
        .regex(/^\d{1,9}$/, 'must be the nextCursor of a page, or an index')
        .optional(),
      view: z.enum(['full', 'brief']).default('full'),
    }),
    answers: {
      200: {
        description: 'One page',
        schema: z
          .object({ items: z.array(z.union([SkuView, BriefSkuView])), nextCursor: z.string().nullable() })
          .meta({ id: 'SkuPage' }),
      },
    },
    problems: { 404: 'No such batch' },
    async handle({ params, query: { view, cursor, limit, ...filter }, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      const page = await api.skus(id, {
        limit,
        detail: view === 'brief' ? 'brief' : 'whole',
        ...filterOf(filter),
        ...(cursor !== undefined && { cursor }),
      });
      const items = await Promise.all(page.items.map((entry) => viewSku(entry, links)));
      const shown = view === 'brief' ? items.map(briefSku) : items;
      return { status: 200, body: { items: shown, nextCursor: page.nextCursor } };
    },
  });
}
