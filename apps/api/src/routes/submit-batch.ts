import {
  BatchCounts,
  type BatchOptions,
  BatchStatus,
  BatchView,
  type PullSource,
  say,
} from '@image-studio/contract';
import { newBatchId } from '@image-studio/queue';
import { tableKey } from '@image-studio/storage';
import type { KeptTable } from '@image-studio/tables';
import { z } from 'zod';
import { nameOf } from '../auth/name-of.ts';
import type { Principal } from '../auth/principal.ts';
import { keepSubmittedTable } from '../export/keep-submitted-table.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { pullFeed, pullOrder } from '../pull/pull-feed.ts';
import { refuseUncomparable } from '../submission/refuse-uncomparable.ts';
import { plansOf, sampleOf } from '../submission/sample-of.ts';
import { submissionBody } from '../submission/submission-body.ts';
import { TableQuery } from '../submission/table-query.ts';
import { warnOfModels } from '../submission/warn-of-models.ts';
import { Warning } from '../submission/warning.ts';
import type { RouteContext } from './context.ts';

const Pulled = z
  .object({ items: z.int(), changed: z.int(), batches: z.array(z.string()) })
  .meta({ id: 'PulledFeed' });
const Unchanged = z
  .object({ id: z.null(), dialect: z.string(), warnings: z.array(Warning), pulled: Pulled })
  .meta({ id: 'UnchangedFeed' });
const Accepted = z
  .object({
    id: z.string(),
    status: BatchStatus,
    counts: BatchCounts,
    links: BatchView.shape.links.unwrap(),
    /** Whose table it was; absent for JSON. */
    dialect: z.string().optional(),
    warnings: z.array(Warning),
    /** Of a feed: products that can be taken, how many changed, and the batches that are made of those. */
    pulled: Pulled.optional(),
  })
  .meta({ id: 'AcceptedBatch' });
type Accepted = z.infer<typeof Accepted>;

/** `POST /batches`: records the batch and answers before its first SKU is enqueued. */
export function submitBatch(context: RouteContext): Route {
  const { api, links, planFor, outgoing, catalogue } = context;
  return route({
    method: 'post',
    path: '/batches',
    operationId: 'submitBatch',
    tag: 'batches',
    summary:
      'Submit a batch of SKUs, as JSON, as a table (CSV, TSV, XLSX, XML feed) with the options in the query, or by the address of a feed (`source: {feedUrl, everything?}` instead of `skus`)',
    role: 'operator',
    query: TableQuery,
    body: submissionBody({ api, outgoing }),
    answers: {
      200: { description: 'A feed was pulled, and nothing in it has changed', schema: Unchanged },
      202: { description: 'Recorded; `Location` names the batch', schema: Accepted },
    },
    problems: {
      413: 'Larger than 20 MB',
      422: 'Does not fit, names a SKU twice, or reuses an Idempotency-Key',
    },
    async handle({ body, headers, principal }) {
      if (body.source !== undefined) return pull(context, body.options, body.source, principal);
      const { options, skus, columns, table, kept, bodySha256, warnings } = body;
      const planOf = (asked: BatchOptions) => planFor(principal.tenant, asked);
      refuseUncomparable(options, planOf, skus.length);
      const key = readIdempotencyKey(headers['idempotency-key']);
      const id = newBatchId();
      const plans = plansOf(options, planOf);
      const told = [...warnings, ...warnOfModels({ options, skus }, plans.plan, catalogue)];
      const keeping = kept === undefined ? null : await keepForExport(context, id, kept);
      const { batch, created } = await api.submit({
        id,
        tenant: principal.tenant,
        ...nameOf(principal),
        options,
        ...plans,
        skus,
        ...sampleOf(options, skus),
        ...(columns !== undefined && { columns }),
        ...(key !== undefined && { idempotency: { key, bodySha256 } }),
      });
      // A repeat is answered with the batch of before, which has its own.
      if (batch.id !== id && kept !== undefined) await context.store.delete(tableKey(id)).catch(() => {});
      return {
        status: 202,
        body: accepted(batch.id, batch.counts.total, links.batchLinks(batch.id), {
          ...(table && { dialect: table.dialect }),
          warnings: keeping === null ? told : [...told, keeping],
        }),
        headers: { location: links.batch(batch.id), ...(created ? {} : { 'idempotent-replayed': 'true' }) },
      };
    },
  });
}

async function pull(
  context: RouteContext,
  options: BatchOptions,
  source: PullSource,
  principal: Principal,
): Promise<Answer> {
  const planOf = (asked: BatchOptions) => context.planFor(principal.tenant, asked);
  // How many have changed is not known yet.
  refuseUncomparable(options, planOf, Number.POSITIVE_INFINITY);
  const leave = context.pulls.enter(principal.tenant);
  try {
    const order = { ...pullOrder(principal.tenant, options, source), ...nameOf(principal) };
    const { items, changed, dialect, batches, warnings } = await pullFeed(context, order);
    const pulled = { items, changed, batches: batches.map(({ id }) => id) };
    const [first] = batches;
    if (first === undefined) return { status: 200, body: { id: null, dialect, warnings, pulled } };
    const { id, counts } = first;
    const body = accepted(id, counts.total, context.links.batchLinks(id), { dialect, warnings });
    return { status: 202, body: { ...body, pulled }, headers: { location: context.links.batch(id) } };
  } finally {
    leave();
  }
}

/** The table is kept before the batch is there, so that no batch is without. `null`, or a warning that it could not be. */
async function keepForExport({ store }: RouteContext, id: string, kept: KeptTable): Promise<Warning | null> {
  try {
    await keepSubmittedTable(store, id, kept);
    return null;
  } catch {
    return {
      path: 'table',
      ...say`could not be kept, because the object store is away: exports will not have its own rows`,
    };
  }
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

/** Throws 400 for one that is too long. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = Array.isArray(header) ? header.join(',') : header;
  if (key.length >= 1 && key.length <= 255) return key;
  throw new ProblemError(
    400,
    'INVALID_IDEMPOTENCY_KEY',
    `An Idempotency-Key holds 1 to 255 characters, this one has ${key.length}.`,
  );
}
