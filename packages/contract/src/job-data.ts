import { z } from 'zod';
import { ImageKind } from './batch-request.ts';
import { ImageRole } from './sku.ts';

/** Version of the Redis payloads below. A worker that reads another one hands the job back instead of failing it. */
export const PAYLOAD_VERSION = 1;

/** A prepared source photo in the object store. */
export const StoredInput = z.object({
  key: z.string(),
  sha256: z.string(),
  mime: z.string(),
  bytes: z.int(),
  source: z.object({ url: z.string(), name: z.string(), stem: z.string() }),
});
export type StoredInput = z.infer<typeof StoredInput>;

/**
 * How far a SKU has come: saved before it waits for calls, read when it goes on, perhaps in another process. Its calls
 * follow from the inputs and the options.
 */
export const SkuStep = z.object({
  /** The main source first. */
  inputs: z.array(StoredInput),
});
export type SkuStep = z.infer<typeof SkuStep>;

/** Data of a job on the `sku` queue: where to find the SKU, never the SKU itself (that is in the batch store). */
export const SkuJobData = z.object({
  v: z.literal(PAYLOAD_VERSION),
  batchId: z.string(),
  index: z.int(),
  run: z.int(),
  step: SkuStep.optional(),
});
export type SkuJobData = z.infer<typeof SkuJobData>;

/** One AI call, complete, with its inputs named by object key. */
export const CallRequest = z.object({
  role: ImageRole,
  kind: ImageKind,
  callKey: z.string(),
  model: z.string(),
  inputs: z.array(StoredInput),
  prompt: z.string(),
  aspectRatio: z.string(),
  imageSize: z.enum(['1K', '2K', '4K']),
  temperature: z.number().optional(),
  /** Whose quota it takes; absent: `DEFAULT_POOL`. */
  pool: z.string().optional(),
  /** Pools of the models that may make the picture instead: a call that waits goes there when its own pool cannot make it. */
  fallbacks: z.array(z.string()).optional(),
});
export type CallRequest = z.infer<typeof CallRequest>;

/** Data of a job on the `ai` queue. */
export const AiJobData = CallRequest.extend({
  v: z.literal(PAYLOAD_VERSION),
  batchId: z.string(),
  index: z.int(),
  run: z.int(),
  /** How often the call has met a fault that it may meet only so often, by its name. */
  met: z.record(z.string(), z.int()).optional(),
});
export type AiJobData = z.infer<typeof AiJobData>;

/** What the ledger remembers of a paid picture. `payer` is what `payerOf` says. */
export const LedgerEntry = z.object({
  key: z.string(),
  mime: z.string(),
  model: z.string(),
  costUsd: z.number(),
  usage: z.object({ promptTokens: z.number(), imageTokens: z.number(), textTokens: z.number() }),
  payer: z.string(),
  /** The request that brought it; absent when it was taken over from the store, and from earlier versions. */
  request: z.string().optional(),
  at: z.string(),
  /** How long the call took. */
  ms: z.number(),
  /** What the model did not do of what it was asked, in its own words; somebody should look. */
  note: z.string().optional(),
  /** Of the stored bytes, hex, and how many they are; entries of earlier versions lack both. */
  sha256: z.string().optional(),
  bytes: z.int().optional(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;
