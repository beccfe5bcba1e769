import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import type { TestRedis } from './redis.ts';

/** Ways of a Redis that answers to refuse what it is told, by the code of the reply, and others by what is said of them. */
export const REFUSALS = ['OOM', 'READONLY', 'MISCONF', 'NOREPLICAS', 'BUSY'] as const;
export type Refusal = (typeof REFUSALS)[number] | 'max number of clients' | 'does not answer in time';

/** Makes a server refuse, as the world does; resolves with the way to make it well again. */
export async function refuse(
  { url, dir }: Pick<TestRedis, 'url' | 'dir'>,
  refusal: Refusal,
): Promise<() => Promise<void>> {
  const admin = new Redis(url);
  try {
    const end = await WAYS[refusal](admin, dir);
    return async () => {
      await end();
      admin.disconnect();
    };
  } catch (error) {
    admin.disconnect();
    throw error;
  }
}

const WAYS: Record<Refusal, (admin: Redis, dir: string) => Promise<() => Promise<unknown>>> = {
  /** Full, and nothing may be evicted. */
  async OOM(admin) {
    await admin.config('SET', 'maxmemory', '1');
    return () => admin.config('SET', 'maxmemory', '0');
  },
  /** Demoted by a failover: follows a primary that it cannot reach, and keeps its data. */
  async READONLY(admin) {
    await admin.replicaof('127.0.0.1', 1);
    return () => admin.replicaof('NO', 'ONE');
  },
  /** Its last snapshot could not be written, because a folder stands in the way of the file. */
  async MISCONF(admin, dir) {
    const saved = async (status: 'err' | 'ok') => {
      await admin.bgsave();
      await eventually(async () => {
        const info = await admin.info('persistence');
        if (!info.includes('rdb_bgsave_in_progress:0') || !info.includes(`rdb_last_bgsave_status:${status}`))
          throw new Error(`the snapshot is not '${status}' yet`);
      });
    };
    const obstacle = join(dir, 'dump.rdb');
    await rm(obstacle, { force: true });
    await mkdir(obstacle);
    await admin.config('SET', 'save', '3600 1');
    await saved('err');
    return async () => {
      await rmdir(obstacle);
      await saved('ok');
      await admin.config('SET', 'save', '');
    };
  },
  async NOREPLICAS(admin) {
    await admin.config('SET', 'min-replicas-to-write', '1');
    return () => admin.config('SET', 'min-replicas-to-write', '0');
  },
  /** A script of somebody else's that does not end. */
  async BUSY(admin) {
    await admin.config('SET', 'busy-reply-threshold', '50');
    const culprit = admin.duplicate();
    const script = culprit.eval('while true do end', 0).catch(() => {});
    await eventually(async () => {
      const reply = await admin.get('x').catch((error: unknown) => String(error));
      if (!reply?.includes('BUSY')) throw new Error('the script does not run yet');
    });
    return async () => {
      await admin.script('KILL');
      await script;
      culprit.disconnect();
    };
  },
  /** Everybody is cut off, and others take the places. */
  async 'max number of clients'(admin) {
    await admin.config('SET', 'maxclients', '1');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return () => admin.config('SET', 'maxclients', '10000');
  },
  /** Pings are answered, and writes are not. */
  async 'does not answer in time'(admin) {
    await admin.client('PAUSE', 60_000, 'WRITE');
    return () => admin.client('UNPAUSE');
  },
};
