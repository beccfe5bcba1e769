import { z } from 'zod';
import { MAX_SKUS_PER_BATCH, ModelName, PromptText, SkuCode } from './batch-request.ts';

/**
 * The body of the original service's `POST /image-studio/jobs`. Fields that it carried and nobody needs any more are
 * tolerated, because its clients still send them; credentials are not (the API answers 400 before this is parsed).
 */
export const OriginalJobRequest = z
  .object({
    mode: z.literal('batch_series_generate'),
    sku: z.string().optional(),
    options: z.object({
      sku_images_map: z
        .record(
          SkuCode,
          z
            .array(
              z.object({
                url: z.string().min(1).max(4096),
                name: z.string().max(255).nullish(),
                stem: z.string().max(255).nullish(),
              }),
            )
            .min(1)
            .max(20),
        )
        .refine((map) => Object.keys(map).length >= 1, 'needs at least one SKU')
        .refine(
          (map) => Object.keys(map).length <= MAX_SKUS_PER_BATCH,
          `takes at most ${MAX_SKUS_PER_BATCH} SKUs`,
        ),
      max_workers_main: z.int().min(1).max(1000).nullish(),
      max_workers_secondary: z.int().min(1).max(1000).nullish(),
      do_main: z.boolean().nullish(),
      do_secondary: z.boolean().nullish(),
      target_width: z.int().min(16).max(8192).nullish(),
      target_height: z.int().min(16).max(8192).nullish(),
      temperature: z.number().min(0).max(2).nullish(),
      prompt_override: PromptText.nullish(),
      extra_prompt: PromptText.nullish(),
      templates: z.unknown().optional(),
      use_english: z.boolean().nullish(),
      output_format: z.string().max(16).nullish(),
      model: ModelName.nullish(),
    }),
  })
  .meta({ id: 'OriginalJobRequest' });
export type OriginalJobRequest = z.infer<typeof OriginalJobRequest>;

export const OriginalJobStatus = z
  .object({
    jobId: z.string(),
    status: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
    error: z.string().optional(),
    progress: z.object({
      stage: z.string(),
      current: z.int(),
      total: z.int(),
      percentage: z.number(),
    }),
    result: z.object({
      items: z.array(
        z.object({
          sku: z.string(),
          ok: z.boolean(),
          source_url: z.string(),
          result_url: z.string().nullable(),
          metadata: z.object({ width: z.int(), height: z.int(), size_bytes: z.int() }).nullable(),
          error: z.string().optional(),
        }),
      ),
    }),
  })
  .meta({ id: 'OriginalJobStatus' });
export type OriginalJobStatus = z.infer<typeof OriginalJobStatus>;
