import type { BatchOptions, BatchPlan, SkuInput } from '@image-studio/contract';
import { chooseSample } from '@image-studio/planning';
import type { Submission } from '@image-studio/queue';

/** The SKUs that are made first, as part of a submission; nothing where all are made at once. */
export function sampleOf({ sample }: BatchOptions, skus: readonly SkuInput[]): Pick<Submission, 'sample'> {
  const places = sample === undefined ? null : chooseSample(skus, sample);
  return places === null ? {} : { sample: places };
}

/** The plans of a batch whose models are compared: by the first one it begins. Of any other batch its plan. */
export function plansOf(
  options: BatchOptions,
  planOf: (options: BatchOptions) => BatchPlan,
): { plan: BatchPlan; nextPlans: BatchPlan[] } {
  const { compare = [] } = options;
  const [plan = planOf(options), ...nextPlans] = compare.map((model) =>
    comparedPlan({ ...options, model }, planOf),
  );
  return { plan, nextPlans };
}

/** The plan for one of the models that are compared: its pictures say what the batch calls it. */
export function comparedPlan(options: BatchOptions, planOf: (options: BatchOptions) => BatchPlan): BatchPlan {
  const { model: alias } = options;
  return { ...planOf(options), ...(alias !== undefined && { alias }) };
}
