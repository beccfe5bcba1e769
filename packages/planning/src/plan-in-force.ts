import type { BatchOptions, BatchPlan } from '@image-studio/contract';
import type { ModelTraits } from './model-traits.ts';
import { planBatch } from './plan-batch.ts';

/** The plan that a batch was submitted with, if this process has its engine; otherwise one by its own defaults. */
export function planInForce(kept: BatchPlan | null, options: BatchOptions, traits: ModelTraits): BatchPlan {
  return kept?.engine === traits.engine ? kept : planBatch(options, traits);
}
