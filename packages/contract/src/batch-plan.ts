import { z } from 'zod';
import { ImageKind } from './batch-request.ts';

/** The pool of calls of a fleet that has configured one model, and of batches from before there were pools. */
export const DEFAULT_POOL = 'default';

/** A model that makes a picture when none before it can: with the words, the photos, the ratio and the size of the plan. */
export const FallbackModel = z.object({
  /** What batches name it. */
  alias: z.string(),
  engine: z.string(),
  /** Whose quota its calls take; absent: `DEFAULT_POOL`. */
  pool: z.string().optional(),
  model: z.string(),
  /** Most photos that one of its requests may carry, and their bytes together before base64. */
  photos: z.object({ most: z.int().min(1), maxBytes: z.int().min(1) }),
  /** Upper estimate in US dollars of a call, and of each photo sent with it. */
  priceUsd: z.object({ call: z.number().min(0), photo: z.number().min(0) }),
});
export type FallbackModel = z.infer<typeof FallbackModel>;

/**
 * What the calls of a batch are made with, written down when it is submitted: model, words, sizes and price. Workers with
 * other defaults, and later versions with other built-in prompts, make the calls that were promised, under the names they
 * are paid by. What the batch itself asks for (its own prompts, its temperature) stands in its options.
 */
export const BatchPlan = z.object({
  /** `gemini` or `local`: a worker with another engine plans by its own defaults. */
  engine: z.string(),
  /** Whose quota its calls take; absent: `DEFAULT_POOL`. */
  pool: z.string().optional(),
  /** Whose paid pictures it shares and adds to: a tenant's name, or empty for the common ledger. */
  scope: z.string().default(''),
  model: z.string(),
  /** `width:height`. */
  aspectRatio: z.string(),
  imageSize: z.enum(['1K', '2K', '4K']),
  /** How the photos of a SKU are prepared: how many, in how many bytes together before base64, with transparency or not. */
  photos: z.object({
    most: z.int().min(1),
    maxBytes: z.int().min(1),
    keepAlpha: z.boolean(),
    /** Longer side of each in pixels, at most. Plans of earlier versions do not say: it was 2048. */
    maxSide: z.int().min(1).default(2048),
  }),
  words: z.object({
    /** The built-in prompt of each kind that the batch makes, in its language, with `{{variables}}`. */
    templates: z.partialRecord(ImageKind, z.string()),
    /** What must stay as in the photo: stands in every prompt. */
    keep: z.string(),
    /** Stands before what was wrong with the picture before. */
    correction: z.string(),
  }),
  /** Upper estimate in US dollars of a call, and of each photo sent with it. */
  priceUsd: z.object({ call: z.number().min(0), photo: z.number().min(0) }),
  /** What batches name the model; written where there are fallbacks. */
  alias: z.string().optional(),
  /** In order. Only those that can make at least one call of the batch as it is planned. */
  fallbacks: z.array(FallbackModel).optional(),
});
export type BatchPlan = z.infer<typeof BatchPlan>;

/** Pools whose calls a batch may take, that of its first model first, each once. */
export function poolsOf({ pool = DEFAULT_POOL, fallbacks = [] }: BatchPlan): string[] {
  return [...new Set([pool, ...fallbacks.map((fallback) => fallback.pool ?? DEFAULT_POOL)])];
}
