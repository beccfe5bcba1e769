import { BatchStatus, BatchView } from '@image-studio/contract';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { viewBatch } from '../views/view-batch.ts';
import { PageQuery } from './batch-path.ts';
import type { RouteContext } from './context.ts';

/** `GET /batches`: the tenant's batches, newest first, filtered by status, by part of the name or id, and by whether something waits for review. */
export function listBatches({ api, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches',
    operationId: 'listBatches',
    tag: 'batches',
    summary: 'List batches, newest first',
    role: 'viewer',
    query: PageQuery.extend({
      status: BatchStatus.optional(),
      q: z.string().max(200).optional(),
      toReview: z.enum(['true', 'false']).optional(),
    }),
    answers: {
      200: {
        description: 'One page',
        schema: z
          .object({ items: z.array(BatchView), nextCursor: z.string().nullable() })
          .meta({ id: 'BatchPage' }),
      },
    },
    async handle({ query: { status, q, toReview, cursor, limit }, principal }) {
      const page = await api.batches({
        tenant: principal.tenant,
        limit,
        ...(status !== undefined && { status }),
        ...(toReview === 'true' && { toReview: true }),
        ...(q !== undefined && q !== '' && { q }),
        ...(cursor !== undefined && { cursor }),
      });
      const items = page.items.map((batch) => viewBatch(batch, links));
      return { status: 200, body: { items, nextCursor: page.nextCursor } };
    },
  });
}
