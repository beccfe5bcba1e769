import { BatchCounts, BatchStatus, BatchView } from '@image-studio/contract';
import { z } from 'zod';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import { submissionBody } from '../submission/submission-body.ts';
import { TableQuery } from '../submission/table-query.ts';
import { Warning } from '../submission/warning.ts';
import type { RouteContext } from './context.ts';

const Accepted = z
  .object({
    id: z.string(),
    status: BatchStatus,
    counts: BatchCounts,
    links: BatchView.shape.links.unwrap(),
    /** Whose table it was; absent for JSON. */
    dialect: z.string().optional(),
    warnings: z.array(Warning),
  })
  .meta({ id: 'AcceptedBatch' });
type Accepted = z.infer<typeof Accepted>;

/** `POST /batches`: records the batch and answers before its first SKU is enqueued. */
export function submitBatch({ api, links, planFor, outgoing }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches',
    operationId: 'submitBatch',
    tag: 'batches',
    summary:
      'Submit a batch of SKUs, as JSON or as a table (CSV, TSV, XLSX, XML feed) with the options in the query',
    role: 'operator',
    query: TableQuery,
    body: submissionBody(outgoing),
    answers: { 202: { description: 'Recorded; `Location` names the batch', schema: Accepted } },
    problems: {
      413: 'Larger than 20 MB',
      422: 'Does not fit, names a SKU twice, or reuses an Idempotency-Key',
    },
    async handle({ body: { options, skus, columns, table, bodySha256, warnings }, headers, principal }) {
      const key = readIdempotencyKey(headers['idempotency-key']);
      const { batch, created } = await api.submit({
        tenant: principal.tenant,
        options,
        plan: planFor(principal.tenant, options),
        skus,
        ...(columns !== undefined && { columns }),
        ...(key !== undefined && { idempotency: { key, bodySha256 } }),
      });
      return {
        status: 202,
        body: accepted(batch.id, batch.counts.total, links.batchLinks(batch.id), {
          ...(table && { dialect: table.dialect }),
          warnings,
        }),
        headers: { location: links.batch(batch.id), ...(created ? {} : { 'idempotent-replayed': 'true' }) },
      };
    },
  });
}

/** The state at the moment of recording, not the current one: a repeat has to get the same answer. */
function accepted(
  id: string,
  total: number,
  links: Record<string, string>,
  read: Pick<Accepted, 'dialect' | 'warnings'>,
): Accepted {
  const none = { active: 0, completed: 0, failed: 0, cancelled: 0, needsReview: 0 };
  return { id, status: 'queued', counts: { total, waiting: total, ...none }, links, ...read };
}

function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = Array.isArray(header) ? header.join(',') : header;
  if (key.length >= 1 && key.length <= 255) return key;
  throw new ProblemError(
    400,
    'INVALID_IDEMPOTENCY_KEY',
    `An Idempotency-Key holds 1 to 255 characters, this one has ${key.length}.`,
  );
}
