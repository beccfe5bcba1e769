import { type ManifestSource, manifestCsv, manifestJson } from '@image-studio/manifest';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';
import { filterOf, SkuFilter } from './sku-filter.ts';

const FORMATS = {
  json: { mediaType: 'application/json', write: manifestJson },
  csv: { mediaType: 'text/csv; charset=utf-8', write: manifestCsv },
} as const;

/** `GET /batches/:id/manifest.json` and `.csv`: what the batch has produced so far, one line per picture. */
export function manifestRoutes(context: RouteContext): Route[] {
  return (['json', 'csv'] as const).map((format) => manifestRoute(context, format));
}

function manifestRoute(context: RouteContext, format: keyof typeof FORMATS): Route {
  const { mediaType, write } = FORMATS[format];
  return route({
    method: 'get',
    path: `/batches/:id/manifest.${format}`,
    operationId: `getManifest${format === 'json' ? 'Json' : 'Csv'}`,
    tag: 'batches',
    summary: `Every picture of a batch with its provenance, as ${format.toUpperCase()}`,
    role: 'viewer',
    isDownload: true,
    params: BatchPath,
    query: SkuFilter,
    answers: { 200: { description: 'The manifest, streamed', mediaType } },
    problems: {
      404: 'No such batch',
      503: 'Too many downloads at once; `Retry-After` says when to try again',
    },
    async handle({ params, query, principal }) {
      const source = await manifestOf(context, params.id, principal.tenant, query);
      return {
        status: 200,
        headers: {
          'content-type': mediaType,
          'content-disposition': `attachment; filename="manifest-${source.batch.id}.${format}"`,
        },
        stream: write(source),
      };
    },
  });
}

/** What the manifest of a batch is made of, read as it is written. */
export async function manifestOf(
  { api, links }: RouteContext,
  batchId: string,
  tenant: string,
  filter: SkuFilter,
): Promise<ManifestSource> {
  const batch = await findBatch(api, batchId, tenant);
  const columns = await api.columns(batch.id);
  return { batch, columns, skus: api.everySku(batch.id, filterOf(filter)), linkOf: links.object };
}
