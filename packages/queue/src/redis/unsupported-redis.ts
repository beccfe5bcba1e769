import type { RedisFacts } from './redis-facts.ts';

/** `REDIS_URL` leads to a server that this program cannot work on; no waiting would help. */
export class UnsupportedRedis extends Error {
  override readonly name = 'UnsupportedRedis';
}

/** Throws `UnsupportedRedis` for a node of a Redis Cluster. */
export function assertUsable({ isCluster }: Pick<RedisFacts, 'isCluster'>): void {
  if (!isCluster) return;
  throw new UnsupportedRedis(
    'leads to a node of a Redis Cluster, which is not supported: a script here touches keys that a cluster spreads over its nodes. Use one Redis or Valkey, with replicas and sentinels (redis+sentinel://…) for availability, or turn cluster mode off where it is managed for you',
  );
}
