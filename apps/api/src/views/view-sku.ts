import {
  type ImageRecord,
  type ImageView,
  pictureVersion,
  type SkuView,
  slotsOf,
} from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import type { Links } from './links.ts';

/** What a client sees of a SKU: object keys have become links. */
export async function viewSku(
  { index, input, state, record: { photoKey, ...record } }: SkuEntry,
  links: Links,
): Promise<SkuView> {
  const slots = slotsOf(record.images);
  const images = await Promise.all(
    record.images.map((image, position) => viewImage(image, slots[position] ?? image.kind, links)),
  );
  const costUsd = record.images.reduce((sum, image) => sum + image.costUsd, 0);
  const photo = photoKey === undefined ? {} : { sourcePreviewUrl: await links.object(photoKey) };
  return { ...record, ...photo, sku: input.sku, index, state, costUsd, images };
}

async function viewImage(
  { key, sourceKey, thumbKey, ...image }: ImageRecord,
  slot: string,
  links: Links,
): Promise<ImageView> {
  return {
    ...image,
    slot,
    review: image.review ?? null,
    version: pictureVersion(image),
    url: await links.object(key),
    ...(thumbKey !== undefined && { thumbUrl: await links.object(thumbKey) }),
    ...(sourceKey !== undefined && { sourcePreviewUrl: await links.object(sourceKey) }),
  };
}
