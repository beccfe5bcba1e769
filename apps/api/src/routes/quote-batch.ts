import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { quoteBatch } from '../quote-batch.ts';
import { submissionBody } from '../submission/submission-body.ts';
import { TableQuery } from '../submission/table-query.ts';
import { Warning } from '../submission/warning.ts';
import type { RouteContext } from './context.ts';

const Range = z.object({ low: z.number(), high: z.number() });
const Quote = z
  .object({ calls: z.int(), reused: z.int(), costUsd: Range, minutes: Range })
  .meta({ id: 'Quote' });

export const CheckedQuote = Quote.extend({ dialect: z.string().optional(), warnings: z.array(Warning) }).meta(
  { id: 'CheckedQuote' },
);

/** `POST /batches/quote`: what the same body would cost as a batch; nothing is enqueued. */
export function quoteBatchRoute({ api, planFor, outgoing }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches/quote',
    operationId: 'quoteBatch',
    tag: 'batches',
    summary: 'Calls, dollars and minutes of a batch, before it is submitted',
    role: 'viewer',
    query: TableQuery,
    body: submissionBody({ api, outgoing }),
    answers: {
      200: { description: 'The estimate; pictures already paid for cost nothing', schema: CheckedQuote },
    },
    problems: { 413: 'Larger than 20 MB', 422: 'Does not fit, or names a SKU twice' },
    async handle({ body: { options, skus, table, warnings }, principal: { tenant } }) {
      const quote = await quoteBatch(api, { tenant, plan: planFor(tenant, options) }, options, skus);
      return { status: 200, body: { ...quote, ...(table && { dialect: table.dialect }), warnings } };
    },
  });
}
