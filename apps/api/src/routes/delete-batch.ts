import { tableKey } from '@image-studio/storage';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `DELETE /batches/:id`: forgets a finished batch; its pictures stay in the store. */
export function deleteBatch({ api, store }: RouteContext): Route {
  return route({
    method: 'delete',
    path: '/batches/:id',
    operationId: 'deleteBatch',
    tag: 'batches',
    summary: 'Forget a finished batch; its pictures stay',
    role: 'operator',
    params: BatchPath,
    answers: { 204: { description: 'Forgotten' } },
    problems: { 404: 'No such batch', 409: 'The batch has not finished; cancel it first' },
    async handle({ params, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      await api.delete(batch.id);
      // Nothing leads to it any more, so a store that is away now keeps a few kilobytes.
      await store.delete(tableKey(batch.id)).catch(() => {});
      return { status: 204 };
    },
  });
}
