import { type BatchOptions, type BatchPlan, type Said, type SkuInput, say } from '@image-studio/contract';
import { type Lack, uncoveredBy } from '@image-studio/planning';
import type { KnownModels } from '../known-models.ts';
import type { Warning } from './warning.ts';

/** Names the models of a batch that cannot make its pictures when the wished one cannot, and those that cannot make some. */
export function warnOfModels(
  { options, skus }: { options: BatchOptions; skus: readonly SkuInput[] },
  plan: BatchPlan,
  catalogue: KnownModels,
): Warning[] {
  const warn = (said: Said): Warning => ({ path: 'models', ...said });
  const leftOut = uncoveredBy(options, catalogue).map(({ alias, lack }) => warn(LACKS[lack](alias, plan)));
  if (options.secondary === false) return leftOut;
  const photos = skus.reduce((most, { images }) => Math.max(most, images.length), 0);
  const few = (plan.fallbacks ?? []).filter(
    (model) => model.photos.most < Math.min(photos, plan.photos.most),
  );
  return [
    ...leftOut,
    ...few.map(({ alias, photos: { most } }) =>
      warn(say`${alias} makes no secondary picture of a SKU with more than ${most} photos`),
    ),
  ];
}

const LACKS: Record<Lack, (alias: string, plan: BatchPlan) => Said> = {
  ratio: (alias, { aspectRatio }) => say`${alias} is left out: it does not draw the ratio ${aspectRatio}`,
  size: (alias, { imageSize }) => say`${alias} is left out: it does not draw pictures of ${imageSize}`,
  photoSize: (alias, { photos }) =>
    say`${alias} is left out: it does not take photos of ${photos.maxSide} px`,
  transparency: (alias) => say`${alias} is left out: it does not take transparent photos`,
};
