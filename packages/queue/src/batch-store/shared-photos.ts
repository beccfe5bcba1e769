import { SharedPhoto, SkuInput } from '@image-studio/contract';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import { isPhotoHeldScript, listSharedPhotosScript, notePhotoScript } from './shared-photos.lua.ts';

/** Name of the check that a SKU fails whose photo many different products have. */
export const SHARED_PHOTO = 'sharedPhoto';

/** 48 bits of the digest tell the photos of one batch apart. */
const DIGITS = 12;
const MOST_LISTED = 20;

const Noted = z.tuple([z.int(), z.int()]);

/** Notes the main photo of a SKU; says how many SKUs have it, and whether they have to wait for a person. */
export async function notePhoto(
  { redis, keys }: Database,
  batchId: string,
  index: number,
  sha256: string,
  words: readonly string[],
): Promise<{ skus: number; isHeld: boolean }> {
  const [skus, held] = Noted.parse(
    await notePhotoScript(redis, [keys.batch(batchId)], [index, sha256.slice(0, DIGITS), words.join(' ')]),
  );
  return { skus, isHeld: held === 1 };
}

/**
 * Whether this SKU, if it has no picture yet, has to wait for a person because of its photo: its group may have grown
 * since the photo was noted.
 */
export async function isPhotoHeld(
  { redis, keys }: Database,
  batchId: string,
  index: number,
): Promise<boolean> {
  return (await isPhotoHeldScript(redis, [keys.batch(batchId)], [index])) === 1;
}

/** All SKUs that share a photo with one of these, in order, these included. */
export async function sharersOf(
  db: Database,
  batchId: string,
  indices: readonly number[],
): Promise<number[]> {
  const { redis, keys } = db;
  const photos = await redis.hgetall(`${keys.batch(batchId)}:photos`);
  const wanted = new Set(indices.flatMap((index) => photos[index] ?? []));
  const sharing = Object.entries(photos).flatMap(([index, photo]) =>
    wanted.has(photo) ? [Number(index)] : [],
  );
  return [...new Set([...indices, ...sharing])].sort((a, b) => a - b);
}

/** Allows the photos of these SKUs: every SKU that has one of them as its main photo goes on. */
export async function allowPhotos(db: Database, batchId: string, indices: readonly number[]): Promise<void> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  if (indices.length === 0 || (await redis.exists(batch)) === 0) return;
  const photos = (await redis.hmget(`${batch}:photos`, ...indices.map(String))).filter(
    (photo) => photo !== null,
  );
  if (photos.length > 0) await redis.sadd(`${batch}:allowed`, ...new Set(photos));
}

/** Photos that several SKUs share, largest group first. */
export async function listSharedPhotos(db: Database, batchId: string): Promise<SharedPhoto[]> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const fields = z
    .array(z.union([z.string(), z.int()]))
    .parse(await listSharedPhotosScript(redis, [batch], [MOST_LISTED]));
  const groups: { photo: string; skus: number; state: string; first: string[] }[] = [];
  for (let at = 0; at < fields.length; at += 4) {
    const [photo, skus, state, first] = fields.slice(at, at + 4).map(String);
    groups.push({
      photo: photo ?? '',
      skus: Number(skus),
      state: state ?? '',
      first: (first ?? '').split(','),
    });
  }
  const wanted = groups.flatMap(({ first }) => first);
  if (wanted.length === 0) return [];
  const inputs = await redis.hmget(`${batch}:input`, ...wanted);
  const codes = new Map(
    wanted.flatMap((index, at) => {
      const input = inputs[at];
      return input == null ? [] : [[index, SkuInput.parse(JSON.parse(input)).sku] as const];
    }),
  );
  return groups.map(({ first, ...group }) =>
    SharedPhoto.parse({ ...group, examples: first.flatMap((index) => codes.get(index) ?? []) }),
  );
}
