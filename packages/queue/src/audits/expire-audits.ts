import { dropChore, readChore } from '../chores/chores.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readAuditHash } from './audit-state.ts';

const DAY_MS = 86_400_000;
const CHUNK = 100;

/** Forgets an audit and its chore. Returns places of the pictures of which a small one may be in the store. */
export async function forgetAudit(db: Database, id: string): Promise<number[]> {
  const { redis, keys } = db;
  const audit = keys.audit(id);
  const known = readAuditHash(id, await redis.hgetall(audit));
  await dropChore(db, 'audit', id);
  await executeAll(redis, (all) =>
    all
      .zrem(keys.audits(), id)
      .zrem(keys.audits(known?.tenant ?? ''), id)
      .unlink(audit, `${audit}:input`, `${audit}:pictures`, `${audit}:results`),
  );
  return [...new Set(known?.findings.flatMap(({ examples }) => examples))];
}

/** Forgets audits that ended more than so many days ago. Returns them with the places as `forgetAudit` does. */
export async function expireAudits(
  db: Database,
  days: number,
): Promise<{ id: string; examples: number[] }[]> {
  const { redis, keys } = db;
  const before = (await redisNow(redis)) - days * DAY_MS;
  const forgotten: { id: string; examples: number[] }[] = [];
  for (let stay = 0; ; ) {
    const ids = await redis.zrangebyscore(keys.audits(), '-inf', before, 'LIMIT', stay, CHUNK);
    for (const id of ids) {
      const chore = await readChore(db, 'audit', id);
      if (chore !== null && (chore.endedAt === null || chore.endedAt >= before)) stay += 1;
      else forgotten.push({ id, examples: await forgetAudit(db, id) });
    }
    if (ids.length < CHUNK) return forgotten;
  }
}
