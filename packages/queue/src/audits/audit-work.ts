import type { Fault } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { readPicture, writeResult } from './audit-picture.ts';
import { faultCounter, type PictureResult, whenCounter } from './audit-state.ts';
import { recordPictureScript } from './audits.lua.ts';

/** A picture that is to be measured. */
export interface PictureToMeasure {
  index: number;
  url: string;
  isMain: boolean;
}

/** What a worker needs of audits. */
export interface AuditWork {
  /** Whose it is and which profiles it is held against; `null` when it is gone. */
  auditTerms(id: string): Promise<{ tenant: string; profiles: string[] } | null>;
  /** Pictures of this part that nobody has measured yet. */
  picturesToMeasure(id: string, from: number, to: number): Promise<PictureToMeasure[]>;
  /** Records a picture, once. Whether a small one of it is wanted, because it is an example of a fault. */
  recordPicture(
    id: string,
    index: number,
    result: PictureResult,
    profiles: readonly string[],
  ): Promise<boolean>;
  /** For how long nobody of the fleet should ask this host, ms. */
  hostPauseMs(host: string): Promise<number>;
  /** A host wants to be left alone; returns how often it has said so to this audit. */
  pauseHost(id: string, host: string, ms: number): Promise<number>;
}

export function createAuditWork(db: Database): AuditWork {
  const { redis, keys } = db;
  return {
    async auditTerms(id) {
      const [tenant, profiles] = await redis.hmget(keys.audit(id), 'tenant', 'profiles');
      return tenant ? { tenant, profiles: (profiles ?? '').split(' ').filter(Boolean) } : null;
    },
    async picturesToMeasure(id, from, to) {
      const fields = Array.from({ length: to - from }, (_, at) => String(from + at));
      const [stored, results] = await Promise.all([
        redis.hmget(`${keys.audit(id)}:pictures`, ...fields),
        redis.hmget(`${keys.audit(id)}:results`, ...fields),
      ]);
      return stored.flatMap((text, at) => {
        if (!text || results[at]) return [];
        const { index, url, isMain } = readPicture(from + at, text, null);
        return [{ index, url, isMain }];
      });
    },
    async recordPicture(id, index, result, profiles) {
      const counters = [
        ...profiles.flatMap((profile) => {
          const when = worstOf(result.faults.filter((fault) => fault.profile === profile));
          return when === null ? [] : [whenCounter(profile, when), 0];
        }),
        ...result.faults.flatMap(({ profile, demand }) => [faultCounter(profile, demand), 1]),
      ];
      const audit = keys.audit(id);
      const args = [index, writeResult(result), ...counters];
      return Number(await recordPictureScript(redis, [audit, `${audit}:results`], args)) === 1;
    },
    hostPauseMs: async (host) => Math.max(0, await redis.pttl(keys.supplierPause(host))),
    async pauseHost(id, host, ms) {
      await redis.set(keys.supplierPause(host), '', 'PX', Math.max(1, Math.round(ms)));
      return redis.hincrby(keys.audit(id), `asked-off ${host}`, 1);
    },
  };
}

/** Since when a picture with these faults of one profile is refused: `today`, a date, or `advised` for never. */
function worstOf(faults: readonly Fault[]): string | null {
  const times = faults.map(({ demand }) => {
    if (demand.includes('!')) return 'advised';
    return demand.split('@')[1] ?? 'today';
  });
  if (times.length === 0) return null;
  if (times.includes('today')) return 'today';
  return times.filter((time) => time !== 'advised').sort()[0] ?? 'advised';
}
