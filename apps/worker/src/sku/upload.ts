import { createHash } from 'node:crypto';
import type { FinishedImage } from '@image-studio/imaging/pool';
import { IMMUTABLE, listingImageKey, type ObjectStore, thumbKey } from '@image-studio/storage';
import type { ListingImage } from './listing-image.ts';

/** What the key of a listing image is derived from, besides its bytes. */
export interface ListingImageName {
  tenant: string;
  sku: string;
  /** Stem of the source photo. */
  stem: string;
  slot: string;
  callKey: string;
  role: ListingImage['role'];
  kind: ListingImage['kind'];
}

/**
 * Stores the finished file under a key that is derived from what it shows: a repeat lands on the same key, another
 * picture, size or format on another one.
 */
export async function upload(
  image: FinishedImage,
  name: ListingImageName,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<ListingImage> {
  const { data, thumb, ...measured } = image;
  const key = listingImageKey({
    sku: name.sku,
    stem: name.stem,
    suffix: `${name.slot}-${digestOf(image, name)}`,
    format: image.format,
  });
  await store.put(key, data, { contentType: `image/${image.format}`, cacheControl: IMMUTABLE, signal });
  const small = thumb && (await storeThumb(key, thumb, store, signal));
  return {
    ...measured,
    role: name.role,
    kind: name.kind,
    slot: name.slot,
    key,
    ...(small === null ? {} : { thumbKey: small }),
    bytes: data.length,
  };
}

/** The picture itself is stored by now: a thumbnail that cannot be stored is left out. */
async function storeThumb(
  listingKey: string,
  thumb: Buffer,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<string | null> {
  const key = thumbKey(listingKey);
  try {
    await store.put(key, thumb, { contentType: 'image/webp', cacheControl: IMMUTABLE, signal });
    return key;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** Ten hex digits tell apart what one SKU's pictures of one slot can be: tenant, call, and the exact file. */
function digestOf(image: FinishedImage, name: ListingImageName): string {
  return createHash('sha256')
    .update(JSON.stringify([name.tenant, name.callKey, image.format]))
    .update(image.data)
    .digest('hex')
    .slice(0, 10);
}
