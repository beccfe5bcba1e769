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

/** A finished picture as its SKU remembers it. `key` is the object's key; the API adds the `url`. */
export const ImageRecord = z.object({
  role: ImageRole,
  kind: ImageKind,
  sourceUrl: z.string(),
  /** Key of the prepared source photo, which a before/after view can load from our own origin. */
  sourceKey: z.string().optional(),
  key: z.string(),
  /** Which paid call it was made from. */
  callKey: z.string(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  format: z.string(),
  checks: z.array(Check),
  reused: z.boolean(),
  costUsd: z.number(),
  model: z.string(),
  prompt: z.string(),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

export const ImageView = ImageRecord.omit({ key: true, sourceKey: true })
  .extend({
    url: z.string(),
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

/** What Redis keeps of a SKU's progress; rewritten as a whole by the one job that owns the SKU. */
export const SkuRecord = z.object({
  stage: Stage.nullable(),
  attempts: z.int(),
  timeline: z.array(TimelineEntry),
  images: z.array(ImageRecord),
  failure: Failure.optional(),
});
export type SkuRecord = z.infer<typeof SkuRecord>;

/** One SKU as REST and sockets show it. */
export const SkuView = SkuRecord.extend({
  sku: z.string(),
  /** Its place in the batch, from 0, in the order of submission. As a list's `cursor` it makes the page begin there. */
  index: z.int(),
  state: SkuState,
  /** What its pictures cost; reused ones cost nothing. */
  costUsd: z.number(),
  images: z.array(ImageView),
}).meta({ id: 'Sku' });
export type SkuView = z.infer<typeof SkuView>;
