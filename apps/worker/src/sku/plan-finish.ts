import { type ImageKind, type ImageRole, isAiMade } from '@image-studio/contract';
import type { FinishSpec } from '@image-studio/imaging/pool';
import { planCaptions, planOutput } from '@image-studio/planning';
import type { SkuWork } from './sku-work.ts';

/**
 * What the finished picture of this SKU has to be. `model`: the one that made this picture, as its record says, whichever model
 * makes pictures now; `photos`: those that the model was given, the main one first.
 */
export function planFinish(
  { begun }: Pick<SkuWork, 'begun'>,
  picture: { role: ImageRole; kind: ImageKind; model: string; aspectRatio: string; photos: Uint8Array[] },
): FinishSpec {
  const { role, kind, aspectRatio, photos } = picture;
  return {
    ...planOutput(begun.options),
    role,
    kind,
    aiGenerated: isAiMade(picture),
    captions: planCaptions(kind, begun.input, begun.options.language),
    asked: { aspectRatio },
    photos,
  };
}
