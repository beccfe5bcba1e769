import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** Gives a batch another name; its watchers see the change. Harmless when the batch is gone. */
export async function renameBatch({ redis, keys }: Database, batchId: string, name: string): Promise<void> {
  await renameScript(redis, [keys.batch(batchId)], [name]);
}

/** KEYS: batch. ARGV: name. */
const renameScript = defineScript(/* lua */ `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'name', ARGV[1])
return redis.call('HINCRBY', KEYS[1], 'seq', 1)
`);
