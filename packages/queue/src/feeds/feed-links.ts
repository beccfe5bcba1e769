import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';

/** A link that opens a feed without a key, until it is revoked. Its secret is derived from `id`, and is not kept. */
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

export async function readFeedLink(db: Database, id: string): Promise<FeedLink | null> {
  const { redis, keys } = db;
  const text = await redis.hget(keys.feedLinks, id);
  return text === null ? null : { id, ...Stored.parse(JSON.parse(text)) };
}

export async function findFeedLink(db: Database, tenant: string, name: string): Promise<FeedLink | null> {
  const { redis, keys } = db;
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  return id === null ? null : readFeedLink(db, id);
}

/** The link of this name; the first call makes it, and completes a link that a process left unfinished when it died. */
export async function keepFeedLink(db: Database, tenant: string, name: string): Promise<FeedLink> {
  const { redis, keys } = db;
  await redis.hsetnx(keys.feedLinksOf(tenant), name, randomBytes(ID_BYTES).toString('hex'));
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  if (id === null) throw new Error('the link of a feed was made and is gone again');
  await redis.hsetnx(keys.feedLinks, id, JSON.stringify({ tenant, name, at: Date.now() }));
  return (await readFeedLink(db, id)) ?? { id, tenant, name, at: Date.now() };
}

/** Nobody gets in by it any more; the next one has another secret. */
export async function dropFeedLink(db: Database, tenant: string, name: string): Promise<void> {
  const { redis, keys } = db;
  const id = await redis.hget(keys.feedLinksOf(tenant), name);
  if (id === null) return;
  await redis.hdel(keys.feedLinks, id);
  await redis.hdel(keys.feedLinksOf(tenant), name);
}
