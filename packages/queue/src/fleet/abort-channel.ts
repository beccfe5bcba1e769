import { z } from 'zod';
import type { Redis } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import type { Keys } from '../redis/keys.ts';

/** Abort the batch's running jobs of runs up to `run`. `calls`: AI calls on the wire as well; otherwise they finish. */
const AbortNotice = z.object({ batchId: z.string(), run: z.int(), calls: z.boolean() });
export type AbortNotice = z.infer<typeof AbortNotice>;

/** Tells every process. A lost notice costs time, not truth: each job also asks the batch before it does anything. */
export async function publishAbort(db: Database, notice: AbortNotice): Promise<void> {
  const { redis, keys } = db;
  await redis.publish(keys.abortChannel, JSON.stringify(notice));
}

/** Listens on a connection of its own, which the caller closes. */
export async function subscribeAborts(
  subscriber: Redis,
  keys: Keys,
  onAbort: (notice: AbortNotice) => void,
): Promise<void> {
  subscriber.on('message', (_channel, text) => {
    const notice = AbortNotice.safeParse(parseJson(text));
    if (notice.success) onAbort(notice.data);
  });
  await subscriber.subscribe(keys.abortChannel);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
