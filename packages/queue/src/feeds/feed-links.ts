import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Keys } from '../batch-store/keys.ts';
import type { Redis } from '../redis/connect.ts';

/** A link that opens a feed to whoever has it, until it is revoked. Its secret is derived from `id`, and is not kept. */
export interface FeedLink {
  id: string;
  tenant: string;
  /** Of batches, or the id of one. */
  name: string;
  /** When it was made, ms. */
  at: number;
}

const Stored = z.object({ tenant: z.string(), name: z.string(), at: z.number() });
const ID_BYTES = 12;

export async function readFeedLink(redis: Redis, keys: Keys, id: string): Promise<FeedLink | null> {
  const text = await redis.hget(keys.feedLinks, id);
  return text === null ? null : { id, ...Stored.parse(JSON.parse(text)) };
}

export async function findFeedLink(
  redis: Redis,
  keys: Keys,
  tenant: string,
  name: string,
): Promise<FeedLink | null> {
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  return id === null ? null : readFeedLink(redis, keys, id);
}

/** The link of this name, made by the first who asks; what a process that died left half is made whole. */
export async function keepFeedLink(
  redis: Redis,
  keys: Keys,
  tenant: string,
  name: string,
): Promise<FeedLink> {
  await redis.hsetnx(keys.feedLinksOf(tenant), name, randomBytes(ID_BYTES).toString('hex'));
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  if (id === null) throw new Error('the link of a feed was made and is gone again');
  await redis.hsetnx(keys.feedLinks, id, JSON.stringify({ tenant, name, at: Date.now() }));
  return (await readFeedLink(redis, keys, id)) ?? { id, tenant, name, at: Date.now() };
}

/** Nobody gets in by it any more; the next one has another secret. */
export async function dropFeedLink(redis: Redis, keys: Keys, tenant: string, name: string): Promise<void> {
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  if (id === null) return;
  await redis.hdel(keys.feedLinks, id);
  await redis.hdel(keys.feedLinksOf(tenant), name);
}
