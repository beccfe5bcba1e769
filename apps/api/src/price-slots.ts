import type { BatchOptions, BatchPlan, SkuInput } from '@image-studio/contract';
import { inputBudget, planCalls, priceOf } from '@image-studio/planning';

/** What one new picture for each of these slots of a SKU costs, in US dollars: the upper estimate. */
export function priceSlots(
  plan: BatchPlan,
  options: BatchOptions,
  sku: SkuInput,
  slots: readonly string[],
): number {
  if (slots.length === 0) return 0;
  const context = { options, sku, plan };
  const inputs = Array.from({ length: inputBudget(context).photos }, () => ({ sha256: 'unknown' }));
  return planCalls(context, inputs)
    .filter(({ slot }) => slots.includes(slot))
    .reduce((sum, call) => sum + priceOf(plan, call), 0);
}
