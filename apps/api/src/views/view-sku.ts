import type { SkuView } from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import type { Links } from './links.ts';

/** What a client sees of a SKU: object keys have become links. */
export async function viewSku({ index, input, state, record }: SkuEntry, links: Links): Promise<SkuView> {
  const images = await Promise.all(
    record.images.map(async ({ key, sourceKey, ...image }) => ({
      ...image,
      url: await links.object(key),
      ...(sourceKey !== undefined && { sourcePreviewUrl: await links.object(sourceKey) }),
    })),
  );
  const costUsd = record.images.reduce((sum, image) => sum + image.costUsd, 0);
  return { ...record, sku: input.sku, index, state, costUsd, images };
}
