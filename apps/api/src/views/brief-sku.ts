import type { BriefSkuView, SkuView } from '@image-studio/contract';

/** What a gallery of thousands needs of a SKU. */
export function briefSku({
  timeline: _,
  decisions: _d,
  sources: _s,
  attributes: _a,
  images,
  ...sku
}: SkuView): BriefSkuView {
  return {
    ...sku,
    images: images.map(({ prompt: _prompt, checks, tries, ...image }) => ({
      ...image,
      ...(tries && { tries: tries.map(({ picture: _picture, ...told }) => told) }),
      checks: checks.filter(({ pass }) => !pass),
    })),
  };
}
