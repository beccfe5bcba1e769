import type { ChoreKind } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import type { Keys } from '../redis/keys.ts';
import { startChoreScript } from './chores.lua.ts';

/** How far a chore has come. Times in ms. */
export interface ChoreState {
  status: 'running' | 'completed' | 'failed';
  items: number;
  startedAt: number;
  endedAt: number | null;
}

/** Begins a chore of so many items, worked on in parts of `size`; one that goes on already goes on. */
export async function startChore(
  { redis, keys }: Database,
  { kind, id, items, size }: { kind: ChoreKind; id: string; items: number; size: number },
): Promise<void> {
  await startChoreScript(redis, choreKeys(keys, kind, id), [memberOf(kind, id), items, size]);
}

/** `null` when it was never begun, or is forgotten. */
export async function readChore(
  { redis, keys }: Database,
  kind: ChoreKind,
  id: string,
): Promise<ChoreState | null> {
  const { items, startedAt, endedAt, result } = await redis.hgetall(keys.chore(kind, id));
  if (items === undefined) return null;
  return {
    status: endedAt ? (result === 'failed' ? 'failed' : 'completed') : 'running',
    items: Number(items),
    startedAt: Number(startedAt),
    endedAt: endedAt ? Number(endedAt) : null,
  };
}

/** Forgets a chore; its jobs find that nobody wants them. */
export async function dropChore({ redis, keys }: Database, kind: ChoreKind, id: string): Promise<void> {
  const [chore, parts, open] = choreKeys(keys, kind, id);
  await redis.unlink(chore, parts, `${chore}:seen`);
  await redis.zrem(open, memberOf(kind, id));
}

/** The chore, its ended parts, all open chores. */
export function choreKeys(keys: Keys, kind: ChoreKind, id: string): [string, string, string] {
  const chore = keys.chore(kind, id);
  return [chore, `${chore}:parts`, keys.chores];
}

export function memberOf(kind: ChoreKind, id: string): string {
  return `${kind}:${id}`;
}
