import { z } from 'zod';
import { SampleStanding } from './batch.ts';
import { BatchOptions, PromptText, SecondaryKind } from './batch-request.ts';
import { BriefSkuView } from './sku.ts';

/** A share of something counted, between 0 and 1, and the bounds between which it lies with 95 % (Wilson's interval). */
export const Share = z.object({ value: z.number(), low: z.number(), high: z.number() }).meta({ id: 'Share' });
export type Share = z.infer<typeof Share>;

/** What one of the compared models made of a SKU; nobody is told which model before the verdict. */
export const ComparedPicture = z
  .object({ url: z.string(), thumbUrl: z.string().optional(), slot: z.string() })
  .meta({ id: 'ComparedPicture' });
export type ComparedPicture = z.infer<typeof ComparedPicture>;

/** The sample as each of the compared models made it. */
export const Comparison = z
  .object({
    skus: z.array(
      z.object({
        sku: z.string(),
        photoUrl: z.string().optional(),
        /** In an order of its own for each SKU; a model that failed has no pictures. */
        sides: z.array(z.array(ComparedPicture)),
        /** 1 is the first side, 0: none is better. */
        choice: z.int().nullable(),
      }),
    ),
    /** Once every SKU with two sides has its choice, or when it is asked for; most wins first. */
    verdict: z
      .object({
        models: z.array(
          z.object({ model: z.string(), wins: z.int(), costUsd: z.number(), pictures: z.int() }),
        ),
        /** SKUs in which none was better. */
        equal: z.int(),
        /** Of the first one's wins among those of the first and the second. */
        share: Share.nullable(),
        /** The interval does not reach 50 %. */
        isDecided: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof Comparison>;

/** The body of `PUT /batches/:id/sample/choices/:sku`. */
export const SampleChoice = z
  .strictObject({ choice: z.int().min(0).max(4).nullable() })
  .meta({ id: 'SampleChoice' });

/** What is made first of a batch, and what that tells about the rest. Money is US dollars. */
export const SampleView = SampleStanding.extend({
  /** SKUs of the sample that have ended. */
  ended: z.int(),
  /** In the order of submission. */
  skus: z.array(BriefSkuView),
  /** Pictures that are there, and those of them that nobody has to look at: the checks passed them, or a person did. */
  pictures: z.int(),
  accepted: z.int(),
  /** Share of `pictures` that is accepted; `null` without any. */
  passRate: Share.nullable(),
  /** Median time of a call; `null` when every picture was there before. */
  medianSeconds: z.number().nullable(),
  /** What the pictures cost that were not there before, with those that were dropped. */
  costUsd: z.number(),
  /** That for each accepted picture of them; `null` without any. */
  usdPerAccepted: z.number().nullable(),
  /** Where models are compared, once all have made the sample. */
  comparison: Comparison.optional(),
  /** What has yet to be made once the batch goes on. */
  rest: z.object({
    skus: z.int(),
    pictures: z.int(),
    costUsd: z.object({ low: z.number(), high: z.number() }),
    minutes: z.object({ low: z.number(), high: z.number() }),
  }),
}).meta({ id: 'Sample' });
export type SampleView = z.infer<typeof SampleView>;

const words = { prompt: PromptText.nullable().optional(), extraPrompt: PromptText.nullable().optional() };

/**
 * The body of `PATCH /batches/:id/sample`: how the batch is made from now on. What is left out stays, `null` is as if it had not been
 * given. Which pictures a SKU gets does not change.
 */
export const SampleChange = z
  .strictObject({
    main: z.strictObject(words).optional(),
    secondary: z
      .strictObject({ ...words, prompts: z.partialRecord(SecondaryKind, PromptText).nullable().optional() })
      .optional(),
    profile: BatchOptions.shape.profile.unwrap().optional(),
    output: BatchOptions.shape.output.unwrap().nullable().optional(),
    model: BatchOptions.shape.model.unwrap().nullable().optional(),
    models: BatchOptions.shape.models.unwrap().nullable().optional(),
    temperature: BatchOptions.shape.temperature.unwrap().nullable().optional(),
    language: BatchOptions.shape.language.unwrap().optional(),
    /** `sample`: what changes is made anew, and the batch waits once more. `rest`: the sample stays, and all others are made so. `all`: both, at once. */
    apply: z.enum(['sample', 'rest', 'all']),
  })
  .meta({ id: 'SampleChange' });
export type SampleChange = z.infer<typeof SampleChange>;
