import type { BatchOptions, SkuInput } from '@image-studio/contract';
import { inputBudget, type ModelTraits, type PlanContext, planCalls } from '@image-studio/planning';

/** What one new picture for each of these slots of a SKU costs, in US dollars: the upper estimate. */
export function priceSlots(
  model: ModelTraits,
  options: BatchOptions,
  sku: SkuInput,
  slots: readonly string[],
): number {
  if (slots.length === 0) return 0;
  const plan: PlanContext = { options, sku, model };
  const inputs = Array.from({ length: inputBudget(plan).photos }, () => ({ sha256: 'unknown' }));
  return planCalls(plan, inputs)
    .filter(({ slot }) => slots.includes(slot))
    .reduce((sum, call) => sum + model.estimateUsd(call), 0);
}
