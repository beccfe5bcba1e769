import { z } from 'zod';

export const BatchStatus = z.enum(['queued', 'running', 'paused', 'completed', 'failed', 'cancelled']);
export type BatchStatus = z.infer<typeof BatchStatus>;

/** Why a batch is paused: somebody asked, it reached its budget, or its sample is made and waits for a person. */
export const PausedFor = z.enum(['operator', 'budget', 'sample']);
export type PausedFor = z.infer<typeof PausedFor>;

/** States of one SKU; the counts of a batch carry the same names. */
export const SkuState = z.enum(['waiting', 'active', 'completed', 'failed', 'cancelled', 'needsReview']);
export type SkuState = z.infer<typeof SkuState>;

/** The six counts after `total` always add up to it. */
export const BatchCounts = z
  .object({
    total: z.int(),
    waiting: z.int(),
    active: z.int(),
    completed: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    needsReview: z.int(),
  })
  .meta({ id: 'BatchCounts' });
export type BatchCounts = z.infer<typeof BatchCounts>;

/** `made`: requests sent. `failed`: those of them that brought no picture. `reused`: pictures paid for before. */
export const CallCounts = z
  .object({ made: z.int(), reused: z.int(), failed: z.int() })
  .meta({ id: 'CallCounts' });
export type CallCounts = z.infer<typeof CallCounts>;

/** The SKUs that are made first: `making`, `ready` (the batch waits for a person), `done` (it has gone on, or ended). */
export const SampleStanding = z
  .object({ size: z.int(), state: z.enum(['making', 'ready', 'done']) })
  .meta({ id: 'SampleStanding' });
export type SampleStanding = z.infer<typeof SampleStanding>;

export const Eta = z.object({ lowSeconds: z.number(), highSeconds: z.number() }).meta({ id: 'Eta' });
export type Eta = z.infer<typeof Eta>;

/** One batch as REST and sockets show it. Times are ISO 8601, money is US dollars. */
export const BatchView = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: BatchStatus,
    counts: BatchCounts,
    images: z.object({ expected: z.int(), done: z.int() }),
    calls: CallCounts,
    costUsd: z.number(),
    budgetUsd: z.number().nullable(),
    pausedFor: PausedFor.nullable(),
    /** Absent where all SKUs are made at once. */
    sample: SampleStanding.optional(),
    /** Until the batch, or the sample that is being made, has ended; `null` while it is paused, or no call leaves until an operator has mended something. */
    eta: Eta.nullable(),
    /** Rises with every change of the batch or one of its SKUs. */
    seq: z.int(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    /** When it will be forgotten, or soon after; its pictures and its manifest stay. `null`: not for now. */
    expiresAt: z.string().nullable(),
    links: z.record(z.string(), z.string()).optional(),
    /** How it was made: in the answer about one batch only. */
    made: z
      .object({
        profile: z.string(),
        kinds: z.array(z.string()),
        language: z.enum(['en', 'zh']),
        /** The role of the key that submitted it and the beginning of its SHA-256; absent where no keys are configured. */
        by: z.string().optional(),
        /** What was submitted, without the SKUs and the webhook: to submit the like again. */
        options: z.record(z.string(), z.unknown()),
      })
      .optional(),
  })
  .meta({ id: 'Batch' });
export type BatchView = z.infer<typeof BatchView>;
