import { BatchSummary } from '@image-studio/contract';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `GET /batches/:id/summary`: may be polled every few seconds, however large the batch is. */
export function summarizeBatch({ api }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/summary',
    operationId: 'summarizeBatch',
    tag: 'batches',
    summary: 'Stages, failures by reason, failing checks and the history of a batch',
    role: 'viewer',
    params: BatchPath,
    answers: { 200: { description: 'The summary', schema: BatchSummary } },
    problems: { 404: 'No such batch' },
    async handle({ params, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      return { status: 200, body: await api.summary(id) };
    },
  });
}
