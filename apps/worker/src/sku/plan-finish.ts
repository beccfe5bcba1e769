import type { ImageKind, ImageRole } from '@image-studio/contract';
import type { FinishSpec } from '@image-studio/imaging/pool';
import { planCaptions, planOutput } from '@image-studio/planning';
import type { SkuWork } from './sku-work.ts';

/** What a picture of this SKU has to be when it is finished; `photos` are those that its model was given, the main one first. */
export function planFinish(
  { begun, model }: Pick<SkuWork, 'begun' | 'model'>,
  picture: { role: ImageRole; kind: ImageKind; aspectRatio: string; photos: Uint8Array[] },
): FinishSpec {
  const { role, kind, aspectRatio, photos } = picture;
  return {
    ...planOutput(begun.options),
    role,
    kind,
    aiGenerated: model.engine !== 'local',
    captions: planCaptions(kind, begun.input, begun.options.language),
    asked: { aspectRatio },
    photos,
  };
}
