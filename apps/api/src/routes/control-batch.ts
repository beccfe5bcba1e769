import { BatchView } from '@image-studio/contract';
import { type Route, route } from '../http/route.ts';
import { viewBatch } from '../views/view-batch.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const CONTROLS = {
  pause: 'Pause: nothing new starts; calls on the wire finish and are kept',
  resume: 'Resume a paused batch',
  cancel: 'Cancel: nothing new starts and running work is aborted',
} as const;

/** `POST /batches/:id/pause`, `resume` and `cancel`: in effect when answered, without effect on a finished batch. */
export function controlBatch({ api, links }: RouteContext): Route[] {
  return (Object.keys(CONTROLS) as (keyof typeof CONTROLS)[]).map((control) =>
    route({
      method: 'post',
      path: `/batches/:id/${control}`,
      operationId: `${control}Batch`,
      tag: 'batches',
      summary: CONTROLS[control],
      role: 'operator',
      params: BatchPath,
      answers: { 200: { description: 'The batch as it is now', schema: BatchView } },
      problems: { 404: 'No such batch' },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.id, principal.tenant);
        await api[control](id);
        return { status: 200, body: viewBatch(await findBatch(api, id, principal.tenant), links) };
      },
    }),
  );
}
