import { z } from 'zod';
import { SkuState } from './batch.ts';
import { MAX_SKUS_PER_BATCH, PromptText, SkuCode } from './batch-request.ts';
import { FailureCode } from './failure.ts';

/**
 * What a person decides about pictures. `regenerate` asks for another one, `undo` takes an approval or a rejection
 * back.
 */
export const ReviewDecision = z.enum(['approve', 'reject', 'regenerate', 'undo']);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

/** Words of the reviewer for the picture that takes the place of this one, instead of the batch's. */
const prompt = PromptText.optional();
/** Words that are added to the prompt, whichever it is. */
const extraPrompt = PromptText.optional();
/** Why a picture is rejected. */
const reason = z.string().trim().min(1).max(500).optional();
/** What the client calls this decision. An `undo` of the same name takes back what that decision changed, and no more. */
const action = z.string().min(1).max(64).optional();

/** The body of `POST /batches/:id/skus/:sku/review`. */
export const SkuReview = z
  .strictObject({
    decision: ReviewDecision,
    /** The picture: its slot, its `url` or its place in `images`. May be left out where there is only one. */
    image: z.union([z.string().min(1).max(4096), z.int().min(0)]).optional(),
    /** The `version` of the picture that was looked at: another one in its place is not decided about (409). */
    version: z.string().min(1).max(128).optional(),
    prompt,
    extraPrompt,
    reason,
    action,
  })
  .meta({ id: 'SkuReview' });
export type SkuReview = z.infer<typeof SkuReview>;

/** The body of `POST /batches/:id/review`. SKUs that are named and found by the filter, when both are given. */
export const BulkReview = z
  .strictObject({
    decision: ReviewDecision,
    skus: z.array(SkuCode).min(1).max(MAX_SKUS_PER_BATCH).optional(),
    filter: z
      .strictObject({
        state: SkuState.optional(),
        reason: FailureCode.optional(),
        rule: z.string().min(1).max(128).optional(),
        q: z.string().min(1).max(128).optional(),
        photo: z.string().min(1).max(64).optional(),
      })
      .optional(),
    prompt,
    extraPrompt,
    reason,
    action,
    /** Only says what would happen. */
    dryRun: z.boolean().optional(),
  })
  .refine(({ skus, filter }) => skus !== undefined || filter !== undefined, {
    error: 'must name SKUs or give a filter; {} finds all',
    path: ['filter'],
  })
  .meta({ id: 'BulkReview' });
export type BulkReview = z.infer<typeof BulkReview>;
