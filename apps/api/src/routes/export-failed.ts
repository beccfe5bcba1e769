import { z } from 'zod';
import { exportFailed } from '../export/export-failed.ts';
import { MEDIA_TYPES } from '../export/write-table.ts';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** `GET /batches/:id/failed`: what failed, as the table that was submitted, with the reason beside each row. */
export function exportFailedRoute({ api, store }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/failed',
    operationId: 'exportFailed',
    tag: 'batches',
    summary:
      'The rows of the submitted table whose SKUs failed, with the reason; to be mended and sent again',
    role: 'viewer',
    isDownload: true,
    params: BatchPath,
    query: z.object({ format: z.enum(['csv', 'tsv', 'xlsx']).optional() }),
    answers: {
      200: {
        description: 'CSV, TSV or XLSX, streamed; `Studio-Skus` counts the SKUs in it',
        mediaType: Object.values(MEDIA_TYPES),
      },
    },
    problems: {
      404: 'No such batch',
      503: 'The object store is away, or there are too many downloads at once; `Retry-After` says when to try again',
    },
    async handle({ params, query, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      const made = await exportFailed({ api, store }, batch, query.format);
      return {
        status: 200,
        headers: {
          'content-type': made.mediaType,
          'content-disposition': `attachment; filename="failed-${batch.id}.${made.extension}"`,
          'studio-skus': String(made.skus),
        },
        stream: made.stream,
      };
    },
  });
}
