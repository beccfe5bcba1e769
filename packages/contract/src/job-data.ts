import { z } from 'zod';

/** Version of the Redis payloads below. A worker that reads a newer one hands the job back instead of failing it. */
export const PAYLOAD_VERSION = 1;

/** Data of a job on the `sku` queue: where to find the SKU, never the SKU itself (that is in the batch store). */
export const SkuJobData = z.object({
  v: z.literal(PAYLOAD_VERSION),
  batchId: z.string(),
  index: z.int(),
  run: z.int(),
});
export type SkuJobData = z.infer<typeof SkuJobData>;

/** Data of a job on the `ai` queue: one call, complete, with its inputs named by object key. */
export const AiJobData = z.object({
  v: z.literal(PAYLOAD_VERSION),
  batchId: z.string(),
  index: z.int(),
  run: z.int(),
  role: z.enum(['main', 'secondary']),
  callKey: z.string(),
  model: z.string(),
  inputs: z.array(z.object({ key: z.string(), sha256: z.string(), mime: z.string() })),
  prompt: z.string(),
  aspectRatio: z.string(),
  imageSize: z.enum(['1K', '2K', '4K']),
  temperature: z.number().optional(),
  variant: z.int(),
});
export type AiJobData = z.infer<typeof AiJobData>;
