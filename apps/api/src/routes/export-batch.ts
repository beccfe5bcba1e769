import { DIALECTS } from '@image-studio/tables';
import { z } from 'zod';
import { exportBatch } from '../export/export-batch.ts';
import { MEDIA_TYPES } from '../export/write-table.ts';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const ExportQuery = z.object({
  /** The shop that imports it; `generic` gives the submitted table back, whatever shop it is of. */
  for: z.enum(DIALECTS).default('generic'),
  /** Default: as that shop takes it. */
  format: z.enum(['csv', 'tsv', 'xlsx']).optional(),
  /** `all`: SKUs without an approved picture stay, with empty cells for it. */
  rows: z.enum(['approved', 'all']).default('approved'),
});

/** `GET /batches/:id/export`: a table that a shop imports, with links to the approved pictures in it. */
export function exportBatchRoute({ api, store, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/export',
    operationId: 'exportBatch',
    tag: 'batches',
    summary: 'The submitted table with the approved pictures in it, as a shop imports it',
    role: 'viewer',
    isDownload: true,
    params: BatchPath,
    query: ExportQuery,
    answers: {
      200: {
        description:
          'CSV, TSV or XLSX, streamed. `Studio-Skus` and `Studio-Left-Out` count SKUs with and without an approved picture; `Studio-Links-Expire` says until when signed links hold, and is absent when links hold for good',
        mediaType: Object.values(MEDIA_TYPES),
      },
    },
    problems: {
      404: 'No such batch',
      503: 'The object store is away, or there are too many downloads at once; `Retry-After` says when to try again',
    },
    async handle({ params, query, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      const expire = links.expiry();
      const made = await exportBatch({ api, store, linkOf: links.object }, batch, {
        shop: query.for,
        format: query.format,
        keepAll: query.rows === 'all',
      });
      return {
        status: 200,
        headers: {
          'content-type': made.mediaType,
          'content-disposition': `attachment; filename="${query.for}-${batch.id}.${made.extension}"`,
          'studio-skus': String(made.skus),
          'studio-left-out': String(made.leftOut),
          ...(expire !== null && { 'studio-links-expire': expire }),
        },
        stream: made.stream,
      };
    },
  });
}
