import { RemarkView } from '@image-studio/contract';
import type { RemarkState } from '@image-studio/queue';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `POST` and `GET /batches/:id/remark`: writes the mark of AI pictures into stored files that lack it. No call is made. */
export function remarkRoutes({ api }: RouteContext): Route[] {
  const shared = {
    path: '/batches/:id/remark',
    tag: 'batches',
    params: BatchPath,
    problems: { 404: 'No such batch' },
  } as const;
  return [
    route({
      ...shared,
      method: 'post',
      operationId: 'remarkBatch',
      summary:
        "Write the mark of AI pictures into the batch's stored files that lack it; their pixels stay as they are. Asking again while it goes on changes nothing",
      role: 'operator',
      answers: { 202: { description: 'The workers do it; `GET` says how far they are', schema: RemarkView } },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.id, principal.tenant);
        await api.remark(id);
        return { status: 202, body: viewRemark(await api.remarkState(id)) };
      },
    }),
    route({
      ...shared,
      method: 'get',
      operationId: 'getRemark',
      summary: "How far the writing of marks into the batch's files has come",
      role: 'viewer',
      answers: { 200: { description: '`none` when nobody has asked for it', schema: RemarkView } },
      async handle({ params, principal }) {
        const { id } = await findBatch(api, params.id, principal.tenant);
        return { status: 200, body: viewRemark(await api.remarkState(id)) };
      },
    }),
  ];
}

function viewRemark(state: RemarkState | null): RemarkView {
  const iso = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());
  return {
    status: state?.status ?? 'none',
    skus: state?.skus ?? { total: 0, done: 0 },
    pictures: state?.counts ?? { written: 0, marked: 0, notAi: 0, missing: 0, tooLarge: 0 },
    startedAt: iso(state?.startedAt),
    finishedAt: iso(state?.finishedAt),
  };
}
