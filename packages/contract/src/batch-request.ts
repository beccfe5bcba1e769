import { z } from 'zod';
import { OutputSpec, OwnProfile } from './profile.ts';

/** Largest number of SKUs in one submission. */
export const MAX_SKUS_PER_BATCH = 10_000;
/** Largest number of SKUs that are made first to be looked at. */
export const MAX_SAMPLE = 100;
/** Largest submission body, bytes. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Most models that a batch may name in order. */
export const MAX_MODELS_PER_BATCH = 5;

const shortText = (max: number) => z.string().min(1).max(max);

/** A SKU code: any text of 1–128 characters without control characters. */
export const SkuCode = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
  // Half a character becomes U+FFFD in Redis and in every URL: two such codes would be one.
  .refine((text) => !/\p{Surrogate}/u.test(text), 'must be well-formed Unicode');

export const SourceImage = z
  .strictObject({
    url: z.string().min(1).max(4096),
    /** File name that orders the sources and names the result; default: the last path segment of the URL. */
    name: shortText(255).optional(),
    /** Names the result and tells the main photo; default: `name` without its extension. */
    stem: shortText(255).optional(),
  })
  .meta({ id: 'SourceImage' });
export type SourceImage = z.infer<typeof SourceImage>;

export const SkuInput = z
  .strictObject({
    sku: SkuCode,
    images: z.array(SourceImage).min(1).max(20),
    /** `given`: the photos are in the order of the listing, the first is the main one. `name`: their names decide. */
    photoOrder: z.enum(['name', 'given']).optional(),
    attributes: z.record(z.string().max(128), z.string().max(4000)).optional(),
  })
  .meta({ id: 'SkuInput' });
export type SkuInput = z.infer<typeof SkuInput>;

/** Kinds of secondary images. */
export const SecondaryKind = z.enum(['lifestyle', 'detail', 'infographic', 'scale', 'packaging', 'on-model']);
export type SecondaryKind = z.infer<typeof SecondaryKind>;

export const ImageKind = z.enum(['main', ...SecondaryKind.options]);
export type ImageKind = z.infer<typeof ImageKind>;

export const PromptText = z.string().max(8000);

/** Model names go into a URL path: nothing but these characters. */
/** `gpt-image-2`, or `author/name` as aggregators write it. No part begins with a dot: the name may become part of a URL. */
export const ModelName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}$/, 'must be a plain model name');

/** How its calls are made: at once, or later for less. */
export const Lane = z.enum(['interactive', 'economy']);
export type Lane = z.infer<typeof Lane>;

/** Everything about a batch except its SKUs. Unknown fields are an error that names them. */
export const BatchOptions = z
  .strictObject({
    name: shortText(200).optional(),
    main: z
      .union([
        z.boolean(),
        z.strictObject({ prompt: PromptText.optional(), extraPrompt: PromptText.optional() }),
      ])
      .default(true),
    secondary: z
      .union([
        z.literal(false),
        z.strictObject({
          kinds: z.array(SecondaryKind).min(1).max(8).optional(),
          count: z.int().min(1).max(8).optional(),
          prompt: PromptText.optional(),
          /** A text for some kinds, before `prompt`. */
          prompts: z.partialRecord(SecondaryKind, PromptText).optional(),
          extraPrompt: PromptText.optional(),
        }),
      ])
      .default(false),
    /** A marketplace by name, or a profile of one's own. */
    profile: z.union([shortText(64), OwnProfile]).default('web'),
    output: OutputSpec.optional(),
    temperature: z.number().min(0).max(2).optional(),
    language: z.enum(['en', 'zh']).default('en'),
    /** Most AI calls of this batch in flight at once. */
    concurrency: z.int().min(1).max(1000).optional(),
    budgetUsd: z.number().positive().max(1_000_000).optional(),
    webhookUrl: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
    model: ModelName.optional(),
    /** So many SKUs, chosen from all kinds, are made first; then the batch waits, paused, for a person. */
    sample: z.int().min(1).max(MAX_SAMPLE).optional(),
    /** Models that each make the sample, by their names in `GET /models`; a person chooses whose pictures are taken. */
    compare: z.array(ModelName).min(2).max(4).optional(),
    /** Aliases in order: where the first cannot make a picture, the next one does. Instead of `model`. */
    models: z
      .array(ModelName)
      .min(1)
      .max(MAX_MODELS_PER_BATCH)
      .refine((names) => new Set(names).size === names.length, 'must not name a model twice')
      .optional(),
    /**
     * `review` (what holds without it): more than five SKUs with one photo whose titles name different products wait,
     * unpaid, until a person has looked at the photo. `allow`: they are made.
     */
    sharedPhotos: z.enum(['review', 'allow']).optional(),
    /**
     * `economy`: its calls go to the provider in batches, at a lower price, and are made one by one only when the deadline comes near.
     * Without it: `interactive`.
     */
    lane: Lane.optional(),
    /** Of the economy lane, ISO 8601: when all should be made. The API fills in a day from now. */
    deadline: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'BatchOptions' });
export type BatchOptions = z.infer<typeof BatchOptions>;

/** The body of `POST /batches`. Duplicate SKU codes are rejected by the API, which names them. */
export const BatchRequest = BatchOptions.extend({
  skus: z.array(SkuInput).min(1).max(MAX_SKUS_PER_BATCH),
}).meta({ id: 'BatchRequest' });
export type BatchRequest = z.infer<typeof BatchRequest>;

/** Instead of `skus`: a product feed, of which is made what has changed since it was last pulled. */
export const PullSource = z
  .strictObject({
    feedUrl: z.url({ protocol: /^https?$/ }).max(2048),
    /** Makes also what has not changed. */
    everything: z.boolean().default(false),
  })
  .meta({ id: 'PullSource' });
export type PullSource = z.infer<typeof PullSource>;

/** The other body of `POST /batches`. */
export const PullRequest = BatchOptions.extend({ source: PullSource }).meta({ id: 'PullRequest' });
