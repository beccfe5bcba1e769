import { MAX_BODY_BYTES, MAX_SKUS_PER_BATCH, say } from '@image-studio/contract';
import { readProducts } from '@image-studio/tables';
import { z } from 'zod';
import { ProblemError } from '../http/problem-error.ts';
import { type BodyReader, type Route, route } from '../http/route.ts';
import { readWith } from '../submission/read-table-body.ts';
import { SUBMISSION_TYPES } from '../submission/submission-body.ts';
import { TableReadingQuery, toTableOptions } from '../submission/table-query.ts';
import { Warning } from '../submission/warning.ts';

const TableProducts = z
  .object({
    dialect: z.string(),
    items: z.array(
      z.object({
        sku: z.string(),
        attributes: z.record(z.string(), z.string()),
        photos: z.array(z.string()),
      }),
    ),
    warnings: z.array(Warning),
  })
  .meta({ id: 'TableProducts' });
type TableProducts = z.infer<typeof TableProducts>;

const { 'application/json': _, ...TABLE_TYPES } = SUBMISSION_TYPES;

const tableBody: BodyReader<TableProducts> = {
  content: TABLE_TYPES,
  contentDecides: true,
  required: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }, _mediaType, query) {
    // Parsed by the route already, which has turned its flags into booleans.
    const options = toTableOptions(query as z.infer<typeof TableReadingQuery>);
    const { dialect, products, warnings, faults } = await readWith(readProducts, bytes, options);
    if (faults.length > 0)
      throw new ProblemError(422, 'INVALID_BODY', 'The table cannot be taken.', { errors: faults });
    if (products.length > MAX_SKUS_PER_BATCH)
      warnings.push({
        path: 'table',
        ...say`holds ${products.length} products; the first ${MAX_SKUS_PER_BATCH} were taken`,
      });
    return { dialect, items: products.slice(0, MAX_SKUS_PER_BATCH), warnings };
  },
};

/** `POST /tables/products`: what a table says of its products, for those whose photos are uploaded. */
export function readProductsRoute(): Route {
  return route({
    method: 'post',
    path: '/tables/products',
    operationId: 'readProducts',
    tag: 'photos',
    summary: 'Codes, attributes and names of photo files of a product table; for photos that are uploaded',
    role: 'viewer',
    query: TableReadingQuery.strict(),
    body: tableBody,
    answers: { 200: { description: 'In the order of the table', schema: TableProducts } },
    problems: { 413: 'Larger than 20 MB', 422: 'Nothing of it can be taken' },
    handle: async ({ body }) => ({ status: 200, body }),
  });
}
