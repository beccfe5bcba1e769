import { z } from 'zod';
import { FailureCode, Stage } from './failure.ts';

/** One stage of the funnel: SKUs in it now, SKUs that have passed it, and the median of its latest runs. */
export const StageSummary = z
  .object({ stage: Stage, active: z.int(), done: z.int(), p50Ms: z.number().nullable() })
  .meta({ id: 'StageSummary' });
export type StageSummary = z.infer<typeof StageSummary>;

/** SKUs that have failed for one reason, with the words of one of them. */
export const FailureGroup = z
  .object({
    code: FailureCode,
    count: z.int(),
    retryable: z.boolean(),
    example: z.object({ sku: z.string(), message: z.string() }),
  })
  .meta({ id: 'FailureGroup' });
export type FailureGroup = z.infer<typeof FailureGroup>;

/**
 * What happened in `seconds` from `at` (ISO 8601) on: SKUs that succeeded (or need review) and failed, pictures that
 * were finished, requests sent, and requests that came back without a picture.
 */
export const HistoryBucket = z
  .object({
    at: z.string(),
    seconds: z.int(),
    done: z.int(),
    failed: z.int(),
    images: z.int(),
    calls: z.int(),
    callsFailed: z.int(),
  })
  .meta({ id: 'HistoryBucket' });
export type HistoryBucket = z.infer<typeof HistoryBucket>;

/** What a page about one batch shows beside its counts. Cheap at any size: nothing in it is searched for. */
export const BatchSummary = z
  .object({
    /** In the order of the work. */
    stages: z.array(StageSummary),
    /** Largest first. */
    failures: z.array(FailureGroup),
    /** SKUs with a failing check of that rule, largest first. */
    checks: z.array(z.object({ rule: z.string(), count: z.int() })),
    /** Oldest first, at most 120. Buckets in which nothing happened are left out. */
    history: z.array(HistoryBucket),
  })
  .meta({ id: 'BatchSummary' });
export type BatchSummary = z.infer<typeof BatchSummary>;
