import type { BatchOptions, SkuInput } from '@image-studio/contract';
import { chooseSample } from '@image-studio/planning';

/** The SKUs that are made first, as part of a submission; nothing where all are made at once. */
export function sampleOf({ sample }: BatchOptions, skus: readonly SkuInput[]): { sample?: number[] } {
  const places = sample === undefined ? null : chooseSample(skus, sample);
  return places === null ? {} : { sample: places };
}
