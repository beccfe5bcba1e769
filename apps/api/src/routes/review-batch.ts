import { BulkReview, defined } from '@image-studio/contract';
import { planInForce, plannedSlots } from '@image-studio/planning';
import { z } from 'zod';
import { nameOf } from '../auth/name-of.ts';
import { inChunks } from '../http/in-chunks.ts';
import { jsonBody } from '../http/json-body.ts';
import { type Route, route } from '../http/route.ts';
import { priceSlots } from '../price-slots.ts';
import { withSharers } from '../shared-photo-group.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

/** 10,000 SKU codes of 128 characters in any script. */
const MAX_BYTES = 8 * 1024 * 1024;
/** As in quotes: one call in twenty has to be made again, and estimates are rarely used up. */
const COST_RANGE = { low: 0.9, high: 1.05 };

const Range = z.object({ low: z.number(), high: z.number() });
const Reviewed = z
  .object({
    /** SKUs that the decision holds for now. */
    reviewed: z.int(),
    /** SKUs that it cannot be taken about: at work, cancelled, or without such a picture. */
    skipped: z.int(),
  })
  .meta({ id: 'Reviewed' });
const WouldReview = z
  .object({ would: z.int(), skipped: z.int(), calls: z.int(), costUsd: Range })
  .meta({ id: 'WouldReview' });

/** `POST /batches/:id/review`: one decision about many SKUs, in pieces, so that everybody else is answered meanwhile. */
export function reviewBatch({ api, traits }: RouteContext): Route {
  return route({
    method: 'post',
    path: '/batches/:id/review',
    operationId: 'reviewBatch',
    tag: 'batches',
    summary:
      'One decision about many SKUs, named or found by a filter; `dryRun` says how many, and what it costs',
    role: 'operator',
    params: BatchPath,
    body: jsonBody(BulkReview, { maxBytes: MAX_BYTES, list: 'skus' }),
    answers: {
      200: { description: 'How many SKUs it holds for, or would', schema: z.union([Reviewed, WouldReview]) },
    },
    problems: { 404: 'No such batch' },
    find: ({ params, principal }) => findBatch(api, params.id, principal.tenant),
    async handle({ params, body, principal }) {
      const { id, options } = await findBatch(api, params.id, principal.tenant);
      const { skus, filter = {}, dryRun = false, ...words } = body;
      const planned = plannedSlots(options);
      const plan = planInForce(await api.plan(id), options, traits);
      const order = {
        ...defined(words),
        ...nameOf(principal),
        planned,
        dryRun,
        ...(filter.rule !== undefined && { rule: filter.rule }),
      };
      const selected = await api.select(id, { ...filter, ...(skus !== undefined && { skus }) });
      const indices = await withSharers(api, id, selected, { decision: words.decision, dryRun });
      const sum = { done: 0, skipped: 0, calls: 0, usd: 0 };
      for await (const chunk of inChunks(indices)) {
        for (const { input, verdict, slots } of await api.review(id, chunk, order)) {
          if (verdict !== 'done') {
            sum.skipped += 1;
            continue;
          }
          sum.done += 1;
          sum.calls += slots.length;
          sum.usd += dryRun ? priceSlots(plan, options, input, slots) : 0;
        }
      }
      const costUsd = { low: cents(sum.usd * COST_RANGE.low), high: cents(sum.usd * COST_RANGE.high) };
      return {
        status: 200,
        body: dryRun
          ? { would: sum.done, skipped: sum.skipped, calls: sum.calls, costUsd }
          : { reviewed: sum.done, skipped: sum.skipped },
      };
    },
  });
}

const cents = (usd: number) => Math.round(usd * 1e4) / 1e4;
