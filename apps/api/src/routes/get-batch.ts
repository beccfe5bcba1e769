import { BatchView } from '@image-studio/contract';
import { type Route, route } from '../http/route.ts';
import { viewBatch } from '../views/view-batch.ts';
import { viewMade } from '../views/view-made.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `GET /batches/:id`. */
export function getBatch({ api, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id',
    operationId: 'getBatch',
    tag: 'batches',
    summary: 'One batch: status, counts, cost, estimated time left',
    role: 'viewer',
    params: BatchPath,
    answers: { 200: { description: 'The batch', schema: BatchView } },
    problems: { 404: 'No such batch' },
    async handle({ params, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      return { status: 200, body: { ...viewBatch(batch, links), made: viewMade(batch) } };
    },
  });
}
