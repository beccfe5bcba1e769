import { BriefSkuView, SkuCode } from '@image-studio/contract';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { briefSku } from '../views/brief-sku.ts';
import { viewSku } from '../views/view-sku.ts';
import type { RouteContext } from './context.ts';

/** A person looks at a handful. */
const MOST_FOUND = 20;

/** `GET /skus?sku=`: one SKU in all batches of the tenant, newest first. */
export function findSkuRoute({ api, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/skus',
    operationId: 'findSku',
    tag: 'skus',
    summary: 'One SKU, by its exact code, in all batches: newest first, at most 20',
    role: 'viewer',
    query: z.object({ sku: SkuCode }),
    answers: {
      200: {
        description: 'Where it is',
        schema: z
          .object({
            items: z.array(
              z.object({ batchId: z.string(), batchName: z.string().nullable(), sku: BriefSkuView }),
            ),
          })
          .meta({ id: 'FoundSkus' }),
      },
    },
    async handle({ query: { sku }, principal }) {
      const places = await api.findSku(principal.tenant, sku, MOST_FOUND);
      const items = await Promise.all(
        places.map(async (place) => {
          const entry = await api.sku(place.batchId, sku);
          return entry ? [{ ...place, sku: briefSku(await viewSku(entry, links)) }] : [];
        }),
      );
      return { status: 200, body: { items: items.flat() } };
    },
  });
}
