import { MAX_BODY_BYTES } from '@image-studio/contract';
import { z } from 'zod';
import { type BodyReader, type Route, route } from '../http/route.ts';
import { previewCsv, type TablePreview } from '../submission/preview-csv.ts';

const Preview = z
  .object({
    columns: z.array(
      z.object({
        heading: z.string(),
        is: z.enum(['sku', 'image', 'imageName', 'attribute']),
        name: z.string().optional(),
      }),
    ),
    rows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
    skus: z.int().nullable(),
    photos: z.int().nullable(),
    faults: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'TablePreview' });

const tableBody: BodyReader<TablePreview> = {
  content: { 'text/csv': null },
  required: true,
  maxBytes: MAX_BODY_BYTES,
  read: ({ bytes }) => previewCsv(bytes),
};

/** `POST /batches/preview`: how a table would be read, and what is wrong with it; nothing is enqueued. */
export function previewTable(): Route {
  return route({
    method: 'post',
    path: '/batches/preview',
    operationId: 'previewTable',
    tag: 'batches',
    summary: 'How a CSV table would be read: its columns, first rows, counts, and faults by line',
    role: 'viewer',
    body: tableBody,
    answers: { 200: { description: 'What was recognised; `faults` say what to mend', schema: Preview } },
    problems: { 413: 'Larger than 20 MB' },
    handle: async ({ body }) => ({ status: 200, body }),
  });
}
