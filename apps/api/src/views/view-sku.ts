import {
  type DroppedTry,
  type DroppedTryView,
  type ImageRecord,
  type ImageView,
  isAiMade,
  pictureVersion,
  type SkuView,
  slotsOf,
} from '@image-studio/contract';
import { chooseSources } from '@image-studio/planning';
import type { SkuEntry } from '@image-studio/queue';
import type { Links } from './links.ts';

type PhotoInput = NonNullable<ImageRecord['inputs']>[number];

/** What a client sees of a SKU: object keys have become links. */
export async function viewSku(
  { index, input, state, decisions, record: { photoKey, ...record } }: SkuEntry,
  links: Links,
): Promise<SkuView> {
  const slots = slotsOf(record.images);
  const images = await Promise.all(
    record.images.map((image, position) => viewImage(image, slots[position] ?? image.kind, links)),
  );
  const costUsd = record.images.reduce((sum, image) => sum + image.costUsd, 0);
  const { main, others } = chooseSources(input, record.redo?.main?.photo);
  const photo = photoKey === undefined ? {} : { sourcePreviewUrl: await links.object(photoKey) };
  return {
    ...record,
    ...photo,
    sku: input.sku,
    index,
    state,
    costUsd,
    images,
    sources: [main, ...others].map(({ url, name }) => ({ url, name, isMain: url === main.url })),
    ...(input.attributes && { attributes: input.attributes }),
    ...(decisions && { decisions }),
  };
}

async function viewImage(
  { key, sourceKey, thumbKey, inputs, tries, ...image }: ImageRecord,
  slot: string,
  links: Links,
): Promise<ImageView> {
  return {
    ...image,
    ai: isAiMade(image),
    slot,
    review: image.review ?? null,
    version: pictureVersion(image),
    ...(await linksOf({ key, sourceKey, thumbKey, inputs }, links)),
    ...(tries && { tries: await Promise.all(tries.map((one) => viewTry(one, links))) }),
  };
}

async function viewTry({ picture, ...told }: DroppedTry, links: Links): Promise<DroppedTryView> {
  if (picture === undefined) return told;
  const { key, sourceKey, thumbKey, inputs, ...rest } = picture;
  const version = pictureVersion({ callKey: told.callKey, createdAt: rest.createdAt });
  return {
    ...told,
    picture: {
      ...rest,
      ai: isAiMade(rest),
      version,
      ...(await linksOf({ key, sourceKey, thumbKey, inputs }, links)),
    },
  };
}

async function linksOf(
  { key, sourceKey, thumbKey, inputs }: Pick<ImageRecord, 'key' | 'sourceKey' | 'thumbKey' | 'inputs'>,
  links: Links,
) {
  return {
    url: await links.object(key),
    ...(thumbKey !== undefined && { thumbUrl: await links.object(thumbKey) }),
    ...(sourceKey !== undefined && { sourcePreviewUrl: await links.object(sourceKey) }),
    ...(inputs && { inputs: await Promise.all(inputs.map((input) => viewInput(input, links))) }),
  };
}

async function viewInput({ key, ...input }: PhotoInput, links: Links) {
  return { ...input, ...(key !== undefined && { previewUrl: await links.object(key) }) };
}
