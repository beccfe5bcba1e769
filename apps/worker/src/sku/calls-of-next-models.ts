import type { StoredInput } from '@image-studio/contract';
import { inputBudget, type PlanContext, planInForce } from '@image-studio/planning';
import type { StoredCall } from './paid-picture.ts';
import type { SkuWork } from './sku-work.ts';

/** The calls of some slots as they are planned now; another round of a slot changes its call. */
export type Planner = (context: PlanContext) => StoredCall[];

/**
 * Where models are compared, the calls that the models of later sample passes need for the slots of `pending`. They are made beside the
 * first model's, so that comparing takes as long as the slowest model, and a later sample pass finds them paid for. Only first pictures are
 * asked for ahead, from photos that the later pass prepares in the same way: any other call would have a key that no SKU looks for.
 */
export async function callsOfNextModels(
  { job, begun, model, progress }: SkuWork,
  context: PlanContext,
  plan: Planner,
  pending: readonly StoredCall[],
): Promise<StoredCall[]> {
  const { options, nextPlans } = begun;
  const { redo = {} } = progress.record;
  if (nextPlans.length === 0 || options.lane === 'economy' || Object.keys(redo).length > 0) return [];
  const ahead = nextPlans.flatMap((next) => {
    const own = { ...context, plan: planInForce(next, options, model) };
    return plan(own).filter(
      ({ slot, inputs }) =>
        pending.some((call) => call.slot === slot) && takesAsPrepared(context, own, inputs),
    );
  });
  // A call that failed in this sample pass is made again in the pass of its own model.
  const failures = await Promise.all(ahead.map((call) => job.callFailure(call)));
  return ahead.filter((_, place) => failures[place] === null);
}

/** Whether the photos, as they were prepared for one plan, are what they would be for the other. */
function takesAsPrepared(context: PlanContext, other: PlanContext, inputs: readonly StoredInput[]): boolean {
  const [before, after] = [inputBudget(context), inputBudget(other)];
  if (before.maxSide !== after.maxSide || before.keepAlpha !== after.keepAlpha) return false;
  if (before.maxBytes === after.maxBytes) return true;
  // A photo that was shrunk to fit is close to its limit.
  const roomy = Math.min(before.maxBytes, after.maxBytes) / 2;
  return inputs.every(({ bytes }) => bytes <= roomy);
}
