import type { BriefSkuView, SkuView } from '@image-studio/contract';

/** What a gallery of thousands needs of a SKU. */
export function briefSku({ timeline: _, images, ...sku }: SkuView): BriefSkuView {
  return {
    ...sku,
    images: images.map(({ prompt: _prompt, checks, ...image }) => ({
      ...image,
      checks: checks.filter(({ pass }) => !pass),
    })),
  };
}
