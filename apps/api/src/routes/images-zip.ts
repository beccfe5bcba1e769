import { manifestCsv } from '@image-studio/manifest';
import { type Route, route } from '../http/route.ts';
import { picturesZip } from '../zip/pictures-zip.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { manifestOf } from './manifest.ts';
import { filterOf, SkuFilter } from './sku-filter.ts';

/** `GET /batches/:id/images.zip`: a folder per SKU and the manifest, made while it is sent. */
export function imagesZip(context: RouteContext): Route {
  const { api, store } = context;
  return route({
    method: 'get',
    path: '/batches/:id/images.zip',
    operationId: 'getImagesZip',
    tag: 'batches',
    summary: 'The finished pictures of a batch, a folder per SKU, with the manifest',
    role: 'viewer',
    isDownload: true,
    params: BatchPath,
    query: SkuFilter,
    answers: {
      200: {
        description: 'A ZIP, streamed. `errors.txt` in it names pictures that could not be read',
        mediaType: 'application/zip',
      },
    },
    problems: {
      404: 'No such batch',
      503: 'The object store is away, or there are too many downloads at once; `Retry-After` says when to try again',
    },
    async handle({ params, query, principal }) {
      const source = await manifestOf(context, params.id, principal.tenant, query);
      const { id } = source.batch;
      const stream = await picturesZip({
        store,
        manifest: manifestCsv(source),
        skus: api.everySku(id, filterOf(query)),
      });
      return {
        status: 200,
        headers: {
          'content-type': 'application/zip',
          'content-disposition': `attachment; filename="images-${id}.zip"`,
        },
        stream,
      };
    },
  });
}
