import type { BatchOptions, BatchPlan } from '@image-studio/contract';
import type { ModelTraits } from './model-traits.ts';
import { planBatch } from './plan-batch.ts';

/**
 * The plan that a batch was submitted with, if it names a pool of its own, or this process has its engine; otherwise one by the
 * defaults of the default pool.
 */
export function planInForce(kept: BatchPlan | null, options: BatchOptions, traits: ModelTraits): BatchPlan {
  const isInForce = kept?.pool !== undefined || kept?.engine === traits.engine;
  return kept !== null && isInForce ? kept : planBatch(options, traits);
}
