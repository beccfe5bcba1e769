import { z } from 'zod';
import { FailureCode, Stage } from './failure.ts';
import { Sentence } from './say.ts';

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
    example: z.object({ sku: z.string(), message: z.string(), sentence: Sentence.optional() }),
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

/** One photo that several SKUs of the batch have as their main one. */
export const SharedPhoto = z
  .object({
    /** The first digits of its digest. */
    photo: z.string(),
    skus: z.int(),
    /** Up to three of them, in the order in which they came. */
    examples: z.array(z.string()),
    /** `held`: its SKUs wait, unpaid, for a person. `allowed`: a person let them go on. `fine`: few, or one product. */
    state: z.enum(['held', 'allowed', 'fine']),
  })
  .meta({ id: 'SharedPhoto' });
export type SharedPhoto = z.infer<typeof SharedPhoto>;

/**
 * Where the calls of the economy lane are. `parked`: wait to be sent to the provider. `atProvider`: in provider batches that have not
 * ended: they may still be made, and billed. `back`: brought a picture.
 */
export const EconomyProgress = z
  .object({
    deadline: z.string(),
    parked: z.int(),
    atProvider: z.int(),
    back: z.int(),
    /** The deadline came near: what is left is made one by one. */
    isReleased: z.boolean(),
    /** The provider was asked to stop; what is at the provider counts until it has. */
    cancelRequested: z.boolean(),
  })
  .meta({ id: 'EconomyProgress' });
export type EconomyProgress = z.infer<typeof EconomyProgress>;

/** What a page about one batch shows beside its counts. Cheap at any size: nothing in it is searched for. */
export const BatchSummary = z
  .object({
    /** In the order of the work. */
    stages: z.array(StageSummary),
    /** Largest first. */
    failures: z.array(FailureGroup),
    /** SKUs with a failing check of that rule, largest first. */
    checks: z.array(z.object({ rule: z.string(), count: z.int() })),
    /** Photos that several SKUs share, largest group first, at most 20. */
    sharedPhotos: z.array(SharedPhoto),
    /** Oldest first, at most 120. Buckets in which nothing happened are left out. */
    history: z.array(HistoryBucket),
    /** Of a batch in the economy lane only. */
    economy: EconomyProgress.optional(),
  })
  .meta({ id: 'BatchSummary' });
export type BatchSummary = z.infer<typeof BatchSummary>;
