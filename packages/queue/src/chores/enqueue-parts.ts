import { ChoreKind, PAYLOAD_VERSION } from '@image-studio/contract';
import type { Queue } from 'bullmq';
import type { Database } from '../redis/database.ts';
import { advanceChoreScript, rewindChoreScript } from './chores.lua.ts';
import { choreKeys } from './chores.ts';

/** Parts of a chore that have a job at once: Redis holds little of a large one, and a small one is not far behind. */
const MOST_QUEUED = 24;
/** Chores that are looked at in one go, the oldest first. */
const MOST_CHORES = 100;
/** A chore of which no part ends for so long has lost a job: parts that do not wait on purpose take less. */
const STUCK_MS = 120_000;
/** Times that a chore goes back for lost parts before it fails. */
const MOST_REWINDS = 10;

/**
 * Gives the next parts of every open chore their jobs. Ids are derived and adding comes before noting, so a process that dies in
 * between, or does the same at the same time, leaves one job for each part. A part whose job is lost is
 * noticed because no part ends any more, and the chore goes back to its first open part.
 */
export async function enqueueParts(db: Database, queue: Queue): Promise<void> {
  const { redis, keys } = db;
  for (const member of await redis.zrange(keys.chores, '0', String(MOST_CHORES - 1))) {
    const [kind, id = ''] = member.split(':', 2);
    const known = ChoreKind.safeParse(kind);
    if (known.success) await enqueuePartsOf(db, queue, known.data, id, member);
  }
}

async function enqueuePartsOf(
  { redis, keys }: Database,
  queue: Queue,
  kind: ChoreKind,
  id: string,
  member: string,
): Promise<void> {
  const [chore, ended, open] = choreKeys(keys, kind, id);
  const [fields, endedCount] = await Promise.all([
    redis.hmget(chore, 'items', 'size', 'next', 'run'),
    redis.scard(ended),
  ]);
  const [items = 0, size = 1, next = 0, run = 0] = fields.map(Number);
  // The chore's last part has ended since, or somebody has forgotten the chore.
  if (items === 0) return void (await redis.zrem(open, member));
  const parts = Math.ceil(items / size);
  if (next >= parts) {
    await rewindChoreScript(redis, [chore, ended, open], [member, run, STUCK_MS, MOST_REWINDS]);
    return;
  }
  const to = Math.min(parts, next + Math.max(0, MOST_QUEUED - (next - endedCount)));
  const wanted = Array.from({ length: to - next }, (_, place) => next + place);
  const done = wanted.length === 0 ? [] : await redis.smismember(ended, ...wanted.map(String));
  await queue.addBulk(
    wanted.flatMap((part, place) =>
      done[place] === 1
        ? []
        : [
            {
              name: kind,
              data: {
                v: PAYLOAD_VERSION,
                kind,
                id,
                part,
                from: part * size,
                to: Math.min(items, (part + 1) * size),
                run,
              },
              // The first parts of all chores go before the second ones: a small chore is not behind a large one.
              opts: { jobId: `${kind}_${id}_${part}_${run}`, priority: part + 1 },
            },
          ],
    ),
  );
  if (to > next) await advanceChoreScript(redis, [chore], [run, to]);
}
