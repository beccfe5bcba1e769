import { z } from 'zod';

/** What a person decides about pictures, of one SKU or of many. `regenerate` asks for another one, `undo` takes an approval or a rejection back. */
export const ReviewDecision = z.enum(['approve', 'reject', 'regenerate', 'undo']);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

/** And about one picture alone: `restore` brings an earlier one back, `adjust` places its product anew. Neither makes a call. */
export const SkuDecision = z.enum([...ReviewDecision.options, 'restore', 'adjust']);
export type SkuDecision = z.infer<typeof SkuDecision>;
