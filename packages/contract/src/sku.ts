import { z } from 'zod';
import { SkuState } from './batch.ts';
import { ImageKind } from './batch-request.ts';
import { Failure, Stage } from './failure.ts';

/** One measured rule of the gate. */
export const Check = z
  .object({
    rule: z.string(),
    measured: z.union([z.number(), z.string(), z.boolean()]),
    required: z.string(),
    pass: z.boolean(),
    fix: z.string().optional(),
  })
  .meta({ id: 'Check' });
export type Check = z.infer<typeof Check>;

export const ImageRole = z.enum(['main', 'secondary']);
export type ImageRole = z.infer<typeof ImageRole>;

/**
 * What a person decided about a picture, and why; `by` names the key that was used, where keys have names, `action`
 * what a client called the decision.
 */
export const Review = z
  .object({
    decision: z.enum(['approved', 'rejected']),
    at: z.string(),
    by: z.string().optional(),
    reason: z.string().optional(),
    action: z.string().optional(),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof Review>;

/** A picture that was made for a slot and is not the one listed there: what it cost and why it is not. */
export const DroppedTry = z
  .object({
    round: z.int(),
    callKey: z.string(),
    costUsd: z.number(),
    at: z.string(),
    /** Rules that it failed; empty when a reviewer wanted another picture. */
    failed: z.array(z.string()),
  })
  .meta({ id: 'DroppedTry' });
export type DroppedTry = z.infer<typeof DroppedTry>;

/**
 * A finished picture as its SKU remembers it. `key` is the object's key; the API adds the `url`. What is optional came
 * later: records of earlier versions lack it.
 */
export const ImageRecord = z.object({
  role: ImageRole,
  kind: ImageKind,
  /** Its place in the listing: `main`, `detail`, `detail-2` …. One picture each. */
  slot: z.string().optional(),
  /** 0 is the first picture of the slot; each new one that is asked for counts one more. */
  round: z.int().optional(),
  sourceUrl: z.string(),
  /** Key of the prepared source photo, which a before/after view can load from our own origin. */
  sourceKey: z.string().optional(),
  key: z.string(),
  /** Key of a WebP of at most 320 px. */
  thumbKey: z.string().optional(),
  /** Which paid call it was made from. */
  callKey: z.string(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  format: z.string(),
  checks: z.array(Check),
  reused: z.boolean(),
  /** What its slot cost this SKU: the call of this picture and those of `tries`. */
  costUsd: z.number(),
  model: z.string(),
  prompt: z.string(),
  /** The photos that the model was given, in its order: digest as prepared, and where it came from. */
  inputs: z.array(z.object({ sha256: z.string(), url: z.string() })).optional(),
  /** When this picture was finished, ISO. */
  createdAt: z.string().optional(),
  tries: z.array(DroppedTry).optional(),
  review: Review.nullable().optional(),
  /** Decisions that `review` took the place of, newest last: `undo` goes back to them. */
  earlierReviews: z.array(Review).optional(),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

export const ImageView = ImageRecord.omit({ key: true, sourceKey: true, thumbKey: true })
  .extend({
    slot: z.string(),
    url: z.string(),
    /** A WebP of at most 320 px on its longer side. */
    thumbUrl: z.string().optional(),
    review: Review.nullable(),
    /** Another one whenever another picture has taken the slot. */
    version: z.string(),
    /** The source photo as the model got it: upright, at most 2048 px. It expires before the result does. */
    sourcePreviewUrl: z.string().optional(),
  })
  .meta({ id: 'Image' });
export type ImageView = z.infer<typeof ImageView>;

/** One stage that ran, or was tried: when it started (ISO), how long it took, what it moved. */
export const TimelineEntry = z
  .object({
    stage: Stage,
    kind: ImageKind,
    at: z.string(),
    ms: z.number(),
    bytes: z.int().optional(),
    attempt: z.int(),
    reused: z.boolean().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/**
 * A further picture of a slot. `prompt` is a reviewer's own text, in place of the built-in or submitted one,
 * `extraPrompt` what a reviewer added to it; `faults` a sentence that names what was wrong with the picture before. Whoever wants another picture writes this with a higher
 * `round`; the old picture stays until the new one takes its place.
 */
export const Redo = z.object({
  round: z.int().min(1),
  prompt: z.string().optional(),
  extraPrompt: z.string().optional(),
  faults: z.string().optional(),
  /** Set when the round is over and an earlier picture stayed: it was better, or there is no newer one. */
  kept: z.boolean().optional(),
});
export type Redo = z.infer<typeof Redo>;

/** What Redis keeps of a SKU's progress; rewritten as a whole by the one job that owns the SKU. */
export const SkuRecord = z.object({
  stage: Stage.nullable(),
  attempts: z.int(),
  timeline: z.array(TimelineEntry),
  images: z.array(ImageRecord),
  /** What was found wrong with the SKU before any picture of it was paid for. */
  checks: z.array(Check).optional(),
  /** Key of its prepared main photo, while it has no picture that shows it. */
  photoKey: z.string().optional(),
  failure: Failure.optional(),
  /** By slot. */
  redo: z.record(z.string(), Redo).optional(),
});
export type SkuRecord = z.infer<typeof SkuRecord>;

/** One SKU as REST and sockets show it. */
export const SkuView = SkuRecord.omit({ photoKey: true })
  .extend({
    sku: z.string(),
    /** Its place in the batch, from 0, in the order of submission. As a list's `cursor` it makes the page begin there. */
    index: z.int(),
    state: SkuState,
    /** What its pictures cost; reused ones cost nothing. */
    costUsd: z.number(),
    images: z.array(ImageView),
    /** The main photo of a SKU that waits for a person before any picture of it is paid for. */
    sourcePreviewUrl: z.string().optional(),
  })
  .meta({ id: 'Sku' });
export type SkuView = z.infer<typeof SkuView>;

/** One SKU in a long list: without its timeline, prompts and the checks that its pictures pass. */
export const BriefSkuView = SkuView.omit({ timeline: true })
  .extend({ images: z.array(ImageView.omit({ prompt: true })) })
  .meta({ id: 'BriefSku' });
export type BriefSkuView = z.infer<typeof BriefSkuView>;
