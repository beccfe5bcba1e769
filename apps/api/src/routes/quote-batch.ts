import type { BatchOptions, PullSource } from '@image-studio/contract';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { pullOrder } from '../pull/pull-feed.ts';
import { type FeedQuote, quoteFeed } from '../pull/quote-feed.ts';
import { quoteBatch } from '../quote-batch.ts';
import { refuseUncomparable } from '../submission/refuse-uncomparable.ts';
import { submissionBody } from '../submission/submission-body.ts';
import { TableQuery } from '../submission/table-query.ts';
import { warnOfModels } from '../submission/warn-of-models.ts';
import { Warning } from '../submission/warning.ts';
import type { RouteContext } from './context.ts';

const Range = z.object({ low: z.number(), high: z.number() });
const LaneQuote = z.object({ costUsd: Range, hours: Range, worstUsd: z.number() }).meta({ id: 'LaneQuote' });
const Quote = z
  .object({
    calls: z.int(),
    reused: z.int(),
    costUsd: Range,
    minutes: Range,
    /** Both lanes side by side; `economy` is `null` where the provider of the model makes no batches of calls. */
    lanes: z.object({ interactive: LaneQuote, economy: LaneQuote.nullable() }),
  })
  .meta({ id: 'Quote' });

export const CheckedQuote = Quote.extend({
  dialect: z.string().optional(),
  warnings: z.array(Warning),
  /** Of a feed by its address: products that can be taken, and how many of them changed; those are what is quoted. */
  pulled: z.object({ items: z.int(), changed: z.int() }).optional(),
}).meta({ id: 'CheckedQuote' });

/** `POST /batches/quote`: what the same body would cost as a batch; nothing is enqueued. */
export function quoteBatchRoute(context: RouteContext): Route {
  const { api, planFor, outgoing, catalogue } = context;
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
    async handle({ body: { options, skus, source, table, warnings }, principal: { tenant } }) {
      if (source !== undefined) {
        const { quote, dialect, items, changed, warnings } = await quotePull(
          context,
          tenant,
          options,
          source,
        );
        return { status: 200, body: { ...quote, dialect, warnings, pulled: { items, changed } } };
      }
      const { batchPriceFactor } = context.traitsOf(options);
      const plan = planFor(tenant, options);
      refuseUncomparable(options, (asked) => planFor(tenant, asked), skus.length);
      const quote = await quoteBatch(api, { tenant, plan, batchPriceFactor }, options, skus);
      const told = [...warnings, ...warnOfModels({ options, skus }, plan, catalogue)];
      return { status: 200, body: { ...quote, ...(table && { dialect: table.dialect }), warnings: told } };
    },
  });
}

/** One of the few pulls that a tenant may run at once: the feed is fetched as if it were submitted. */
export async function quotePull(
  context: RouteContext,
  tenant: string,
  options: BatchOptions,
  source: PullSource,
): Promise<FeedQuote> {
  const leave = context.pulls.enter(tenant);
  try {
    return await quoteFeed(context, pullOrder(tenant, options, source));
  } finally {
    leave();
  }
}
