import { z } from 'zod';
import { Adjustment } from './adjustment.ts';
import { SkuState } from './batch.ts';
import { ImageKind } from './batch-request.ts';
import { Failure, Stage } from './failure.ts';
import { SkuDecision } from './sku-decision.ts';

/** One rule of a picture, measured. */
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

/** A finished file and how it came about, whether it is the one that is listed or was before. What is optional came later. */
export const Picture = z.object({
  sourceUrl: z.string(),
  /** Key of the prepared source photo, which a before/after view can load from our own origin. */
  sourceKey: z.string().optional(),
  key: z.string(),
  /** Key of a WebP of at most 320 px. */
  thumbKey: z.string().optional(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  format: z.string(),
  checks: z.array(Check),
  reused: z.boolean(),
  model: z.string(),
  /** What the batch calls the model, where it names several. */
  alias: z.string().optional(),
  prompt: z.string(),
  /** The photos that the model was given, in its order: digest as prepared, where it came from, and key while it is stored. */
  inputs: z.array(z.object({ sha256: z.string(), url: z.string(), key: z.string().optional() })).optional(),
  /** When this picture was finished, ISO. */
  createdAt: z.string().optional(),
  /** How a person placed the product; against the picture as it was finished first. */
  adjustment: Adjustment.optional(),
});
export type Picture = z.infer<typeof Picture>;

/** A picture that was made for a slot and is not the one listed there: what it cost and why it is not. */
export const DroppedTry = z
  .object({
    round: z.int(),
    callKey: z.string(),
    costUsd: z.number(),
    at: z.string(),
    /** Rules that it failed; empty when a reviewer wanted another picture. */
    failed: z.array(z.string()),
    /** The batch was made otherwise then. */
    outdated: z.boolean().optional(),
    /** The picture itself, which `restore` can bring back; of the last 20, and not of those that earlier versions dropped. */
    picture: Picture.optional(),
  })
  .meta({ id: 'DroppedTry' });
export type DroppedTry = z.infer<typeof DroppedTry>;

/**
 * A finished picture as its SKU remembers it. `key` is the object's key; the API adds the `url`. What is optional came
 * later: records of earlier versions lack it.
 */
export const ImageRecord = Picture.extend({
  role: ImageRole,
  kind: ImageKind,
  /** The picture's place in the listing: `main`, `detail`, `detail-2` …. One picture each. */
  slot: z.string().optional(),
  /** 0 is the first picture of the slot; each new one that is asked for counts one more. */
  round: z.int().optional(),
  /** Which paid call it was made from. */
  callKey: z.string(),
  /** What its slot cost this SKU: the call of this picture and those of `tries`. */
  costUsd: z.number(),
  tries: z.array(DroppedTry).optional(),
  /** The batch is made otherwise since: another one will take its place. */
  outdated: z.boolean().optional(),
  review: Review.nullable().optional(),
  /** Decisions that `review` took the place of, newest last: `undo` goes back to them. */
  earlierReviews: z.array(Review).optional(),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

/** Object keys of a picture, in whose place the API has links. */
const keys = { key: true, sourceKey: true, thumbKey: true } as const;
const links = {
  url: z.string(),
  /** A generative model made it; its file says so as well. */
  ai: z.boolean(),
  /** A WebP of at most 320 px on its longer side. */
  thumbUrl: z.string().optional(),
  /** Another one whenever another picture has taken the slot. */
  version: z.string(),
  /** The source photo as the model got it: upright, at most 2048 px. It expires before the result does. */
  sourcePreviewUrl: z.string().optional(),
  inputs: z
    .array(z.object({ sha256: z.string(), url: z.string(), previewUrl: z.string().optional() }))
    .optional(),
};

/** A dropped try as REST shows it. */
export const DroppedTryView = DroppedTry.extend({
  picture: Picture.omit(keys).extend(links).optional(),
}).meta({ id: 'DroppedTryView' });
export type DroppedTryView = z.infer<typeof DroppedTryView>;

export const ImageView = ImageRecord.omit(keys)
  .extend({
    ...links,
    slot: z.string(),
    review: Review.nullable(),
    tries: z.array(DroppedTryView).optional(),
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
 * `extraPrompt` what a reviewer added to it; `faults` a sentence that names what was wrong with the picture before. Another picture is asked for by writing this with a higher
 * `round`; the old picture stays until the new one takes its place.
 */
export const Redo = z.object({
  round: z.int().min(1),
  prompt: z.string().optional(),
  extraPrompt: z.string().optional(),
  faults: z.string().optional(),
  /** Address of the SKU's photo that its main picture is made from, instead of the one that was chosen by name. */
  photo: z.string().optional(),
  /** The picture of this round is the present one, placed anew; no call is made. */
  adjustment: Adjustment.optional(),
  /** Set when the round is over and an earlier picture stayed: it was better, or there is no newer one. */
  kept: z.boolean().optional(),
});
export type Redo = z.infer<typeof Redo>;

/**
 * Why a picture is left to another model of its batch; `recovered`: one before it makes calls again, or may be asked whether it does;
 * `retried`: somebody wants it tried again, from the first one on.
 */
export const FallbackReason = z.enum([
  'down',
  'dayLimit',
  'spendLimit',
  'misconfigured',
  'unserved',
  'unavailable',
  'modelGone',
  'refused',
  'recovered',
  'retried',
]);
export type FallbackReason = z.infer<typeof FallbackReason>;

/** What a call has failed with; `movesOn`: another model may make the picture, because this one could not for that reason. */
export const CallFailure = Failure.extend({ movesOn: FallbackReason.optional() });
export type CallFailure = z.infer<typeof CallFailure>;

/** A picture was left to another model: `round` of its slot, the aliases of both, why, and when (ISO). */
export const RouteStep = z
  .object({ round: z.int(), from: z.string(), to: z.string(), why: FallbackReason, at: z.string() })
  .meta({ id: 'RouteStep' });
export type RouteStep = z.infer<typeof RouteStep>;

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
  /** The sample pass that its pictures were last made in, from 0. */
  pass: z.int().optional(),
  /** By slot: from which model to which its picture went, where the batch names several. */
  routes: z.record(z.string(), z.array(RouteStep)).optional(),
});
export type SkuRecord = z.infer<typeof SkuRecord>;

/** What somebody decided about a picture of a SKU, or about the SKU: one line of its history. */
export const Decision = z
  .object({
    at: z.string(),
    decision: SkuDecision,
    /** The role of the key that was used and the beginning of its SHA-256: `operator 1a2b3c4d`. */
    by: z.string().optional(),
    slots: z.array(z.string()),
    reason: z.string().optional(),
    /** Words for the new picture. */
    instruction: z.string().optional(),
  })
  .meta({ id: 'Decision' });
export type Decision = z.infer<typeof Decision>;

/** One SKU as REST and sockets show it. */
export const SkuView = SkuRecord.omit({ photoKey: true })
  .extend({
    sku: z.string(),
    /** The SKU's place in the batch, from 0, in the order of submission. As a list's `cursor` it makes the page begin there. */
    index: z.int(),
    state: SkuState,
    /** What its pictures cost; reused ones cost nothing. */
    costUsd: z.number(),
    images: z.array(ImageView),
    /** The main photo of a SKU that waits for a person before any picture of it is paid for. */
    sourcePreviewUrl: z.string().optional(),
    /** The SKU's photos as they were submitted; the main picture is made from the one that `isMain`. In the answer about one SKU. */
    sources: z.array(z.object({ url: z.string(), name: z.string(), isMain: z.boolean() })).optional(),
    /** As submitted. In the answer about one SKU. */
    attributes: z.record(z.string(), z.string()).optional(),
    /** Who decided what and when, newest last; in the answer about one SKU. */
    decisions: z.array(Decision).optional(),
  })
  .meta({ id: 'Sku' });
export type SkuView = z.infer<typeof SkuView>;

/** One SKU in a long list: without its timeline, prompts and the checks that its pictures pass. */
export const BriefSkuView = SkuView.omit({
  timeline: true,
  decisions: true,
  sources: true,
  attributes: true,
})
  .extend({
    images: z.array(
      ImageView.omit({ prompt: true }).extend({
        tries: z.array(DroppedTry.omit({ picture: true })).optional(),
      }),
    ),
  })
  .meta({ id: 'BriefSku' });
export type BriefSkuView = z.infer<typeof BriefSkuView>;
