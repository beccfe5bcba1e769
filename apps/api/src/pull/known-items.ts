import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type ObjectStore, pullKey } from '@image-studio/storage';
import { z } from 'zod';

const KnownItems = z.object({ version: z.literal(1), items: z.array(z.tuple([z.string(), z.string()])) });

/** 96 bits: two products are not taken for one. */
const DIGEST_CHARS = 16;
const MAX_BYTES = 64 * 1024 * 1024;

/** What was last made of a feed: the digest of each product, by its code. */
export type Digests = Map<string, string>;

/** What decides whether a product has changed: everything that is known of it, and how its pictures are to be made. */
export function digestOf(json: string, options: string): string {
  return createHash('sha256').update(options).update(json).digest('base64url').slice(0, DIGEST_CHARS);
}

/** One object for each tenant and address. */
export function keyOfFeed(tenant: string, feedUrl: string): string {
  return pullKey(createHash('sha256').update(`${tenant}\n${feedUrl}`).digest('hex'));
}

export async function readDigests(store: Pick<ObjectStore, 'get'>, key: string): Promise<Digests> {
  const packed = await store.get(key, { maxBytes: MAX_BYTES });
  if (packed === null) return new Map();
  const text = (await promisify(gunzip)(packed, { maxOutputLength: MAX_BYTES })).toString();
  return new Map(KnownItems.parse(JSON.parse(text)).items);
}

export async function writeDigests(
  store: Pick<ObjectStore, 'put'>,
  key: string,
  digests: Digests,
): Promise<void> {
  const packed = await promisify(gzip)(JSON.stringify({ version: 1, items: [...digests] }));
  await store.put(key, packed, { contentType: 'application/gzip' });
}
