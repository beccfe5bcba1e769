import { BatchOptions, BatchView } from '@image-studio/contract';
import { z } from 'zod';
import { jsonBody } from '../http/json-body.ts';
import { type Route, route } from '../http/route.ts';
import { viewBatch } from '../views/view-batch.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const BatchChange = z
  .strictObject({
    budgetUsd: z.number().positive().max(1_000_000).nullable().optional(),
    name: BatchOptions.shape.name.unwrap().optional(),
  })
  .refine(({ budgetUsd, name }) => budgetUsd !== undefined || name !== undefined, 'must change something')
  .meta({ id: 'BatchChange' });

/** `PATCH /batches/:id`: gives it another name; raises, lowers or (with `null`) takes away what it may cost. */
export function changeBatch({ api, links }: RouteContext): Route {
  return route({
    method: 'patch',
    path: '/batches/:id',
    operationId: 'changeBatch',
    tag: 'batches',
    summary:
      'Change the name or the budget; a batch that was paused for its budget goes on when the new one allows it',
    role: 'operator',
    params: BatchPath,
    body: jsonBody(BatchChange),
    answers: { 200: { description: 'The batch as it is now', schema: BatchView } },
    problems: { 404: 'No such batch' },
    async handle({ params, body, principal }) {
      const { id } = await findBatch(api, params.id, principal.tenant);
      if (body.name !== undefined) await api.rename(id, body.name);
      if (body.budgetUsd !== undefined) await api.setBudget(id, body.budgetUsd);
      return { status: 200, body: viewBatch(await findBatch(api, id, principal.tenant), links) };
    },
  });
}
