import { type BatchPlan, DEFAULT_POOL, type FallbackModel } from '@image-studio/contract';
import type { ModelTraits } from './model-traits.ts';
import type { PlannableModel } from './plannable-models.ts';

/** What a model cannot do that every call of a plan asks for. */
export type Lack = 'ratio' | 'size' | 'photoSize' | 'transparency';

/** Why a model can make no call of the plan as it is; `null` when it can make some. */
export function lackOf(plan: BatchPlan, traits: ModelTraits): Lack | null {
  const offers = traits.capabilities(traits.defaultModel);
  if (!offers.aspectRatios.includes(plan.aspectRatio)) return 'ratio';
  if (!offers.imageSizes.includes(plan.imageSize)) return 'size';
  if (offers.maxInputSide < plan.photos.maxSide) return 'photoSize';
  return plan.photos.keepAlpha && !offers.takesAlpha ? 'transparency' : null;
}

/** A model as the plan remembers it, to make the same calls. */
export function fallbackOf(plan: BatchPlan, { alias, pool, traits }: PlannableModel): FallbackModel {
  const model = traits.defaultModel;
  const { maxInputImages, requestMaxBytes } = traits.capabilities(model);
  const usd = (photos: number) =>
    traits.estimateUsd({ model, imageSize: plan.imageSize, inputs: { length: photos } });
  return {
    alias,
    engine: traits.engine,
    ...(pool !== DEFAULT_POOL && { pool }),
    model,
    photos: { most: maxInputImages, maxBytes: requestMaxBytes },
    priceUsd: { call: usd(0), photo: usd(1) - usd(0) },
  };
}

/** A model of a batch, and what its calls are made with. */
export interface ModelPlan {
  /** What batches name it; empty where the batch has only this one. */
  alias: string;
  plan: BatchPlan;
  /** Whether it takes the photos of a call; `bytes` are known once they are prepared. */
  covers(call: { inputs: readonly (object & { bytes?: number })[] }): boolean;
}

/** The models that may make a picture of the batch, in order: the wished one first. */
export function modelPlans(plan: BatchPlan): [ModelPlan, ...ModelPlan[]] {
  const { pool: _, fallbacks = [], ...shared } = plan;
  return [
    { alias: plan.alias ?? '', plan, covers: () => true },
    ...fallbacks.map(
      ({ alias, engine, pool, model, photos, priceUsd }): ModelPlan => ({
        alias,
        plan: { ...shared, alias, engine, model, priceUsd, ...(pool !== undefined && { pool }) },
        covers({ inputs }) {
          const bytes = inputs.reduce((sum, input) => sum + (input.bytes ?? 0), 0);
          return inputs.length <= photos.most && bytes <= photos.maxBytes;
        },
      }),
    ),
  ];
}
