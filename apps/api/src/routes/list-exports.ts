import { exportFormats } from '@image-studio/tables';
import { z } from 'zod';
import { readKeptTable } from '../export/read-kept-table.ts';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const Exports = z
  .object({
    /** Whose table the batch was submitted as; `null` for JSON and photos. */
    dialect: z.string().nullable(),
    formats: z.array(
      z.object({
        for: z.string(),
        label: z.string(),
        /** As that shop takes it. */
        format: z.enum(['csv', 'tsv']),
        /** The person's own rows and columns; else a table is made of the code, the attributes and the pictures. */
        isOwn: z.boolean(),
        url: z.string(),
      }),
    ),
    links: z.object({
      /** Until when links of an export made now hold; `null`: for good. */
      expiresAt: z.string().nullable(),
      /** A shop can open them. */
      isPublic: z.boolean(),
      /** Where they lead. */
      host: z.string(),
      message: z.string(),
    }),
  })
  .meta({ id: 'Exports' });

/** `GET /batches/:id/exports`: which tables there are of a batch, and how long the links in them hold. */
export function listExports({ api, store, links }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/batches/:id/exports',
    operationId: 'listExports',
    tag: 'batches',
    summary: 'Which tables a batch can be exported as, and how long the links in them hold',
    role: 'viewer',
    params: BatchPath,
    answers: { 200: { description: 'The own table’s shop first', schema: Exports } },
    problems: { 404: 'No such batch' },
    async handle({ params, principal }) {
      const batch = await findBatch(api, params.id, principal.tenant);
      const dialect = (await readKeptTable(store, batch.id))?.head.dialect ?? null;
      const formats = exportFormats()
        .map(({ dialect: shop, label, format }) => ({
          for: shop,
          label,
          format,
          isOwn: dialect !== null && (shop === dialect || shop === 'generic'),
          url: `${links.batch(batch.id)}/export?for=${shop}`,
        }))
        .sort((a, b) => Number(b.for === dialect) - Number(a.for === dialect));
      return { status: 200, body: { dialect, formats, links: await describeLinks(links) } };
    },
  });
}

async function describeLinks(links: RouteContext['links']): Promise<z.infer<typeof Exports>['links']> {
  const expiresAt = links.expiry();
  const { host, isPublic } = await links.reach();
  const where = isPublic
    ? ''
    : ` They lead to ${host}, which no shop can reach: set PUBLIC_URL, or S3_PUBLIC_URL for a bucket.`;
  const message =
    expiresAt === null
      ? `Links to pictures hold as long as the pictures do.${where}`
      : `Links to pictures are signed and hold until ${expiresAt}: a shop has to fetch the pictures before. An export made later has new links.${where}`;
  return { expiresAt, isPublic, host, message };
}
