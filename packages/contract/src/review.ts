import { z } from 'zod';
import { Adjustment } from './adjustment.ts';
import { SkuState } from './batch.ts';
import { MAX_SKUS_PER_BATCH, PromptText, SkuCode } from './batch-request.ts';
import { FailureCode } from './failure.ts';
import { ReviewDecision, SkuDecision } from './sku-decision.ts';

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
    decision: SkuDecision,
    /** The picture: its slot, its `url` or its place in `images`. May be left out where there is only one. */
    image: z.union([z.string().min(1).max(4096), z.int().min(0)]).optional(),
    /**
     * The `version` of the picture that was looked at: another one in its place is not decided about (409). For `restore` the
     * one of `tries` that is to be listed again.
     */
    version: z.string().min(1).max(128).optional(),
    prompt,
    extraPrompt,
    reason,
    action,
    /** With `regenerate`: the address of the SKU's photo that its main picture is to be made from, now and later. */
    photo: z.string().min(1).max(4096).optional(),
    /** With `adjust`: how the product is to stand, against the picture that was looked at. */
    adjustment: Adjustment.optional(),
  })
  .superRefine(({ decision, version, photo, adjustment }, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((decision === 'restore' || decision === 'adjust') && version === undefined)
      fault('version', 'is required: it names the picture');
    if ((decision === 'adjust') !== (adjustment !== undefined)) fault('adjustment', 'goes with adjust');
    if (photo !== undefined && decision !== 'regenerate') fault('photo', 'goes with regenerate');
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
