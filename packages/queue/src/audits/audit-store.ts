import { randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { SkuInput } from '@image-studio/contract';
import type { AttributeColumn } from '../batch-store/attribute-columns.ts';
import { expiryOf } from '../batch-store/expiry-of.ts';
import { readChore, startChore } from '../chores/chores.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readPicture } from './audit-picture.ts';
import { type AuditedPicture, type AuditState, readAuditHash } from './audit-state.ts';
import { forgetAudit } from './expire-audits.ts';

export interface NewAudit {
  id: string;
  tenant: string;
  name: string | null;
  profiles: string[];
  dialect: string;
  skus: SkuInput[];
  /** Pictures as `picturesOf` makes them. */
  pictures: string[];
  columns: AttributeColumn[];
  warnings: { path: string; message: string }[];
}

/** Which pictures of an audit are asked for: those that fail this demand, or anything of this profile. */
export interface PictureFilter {
  profile?: string | undefined;
  demand?: string | undefined;
  cursor?: number;
  limit: number;
}

/** Audits: what is known of the pictures that shops have today. */
export interface Audits {
  /** Records it whole or not at all; the workers begin at once. */
  createAudit(audit: NewAudit): Promise<void>;
  /** `null` for another tenant's as for none. */
  audit(id: string, tenant: string): Promise<AuditState | null>;
  /** Newest first; the cursor is the id of the last one. */
  audits(
    tenant: string,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ items: AuditState[]; nextCursor: string | null }>;
  /** How many of a tenant's audits have not ended. */
  openAudits(tenant: string): Promise<number>;
  /** Pictures in their order; the cursor is the place to go on from. */
  auditPictures(
    id: string,
    filter: PictureFilter,
  ): Promise<{ items: AuditedPicture[]; nextCursor: number | null }>;
  /** Pictures by their places, in the order asked. */
  auditPicturesAt(id: string, places: readonly number[]): Promise<AuditedPicture[]>;
  /** SKUs by their places, in the order asked. */
  auditSkus(id: string, places: readonly number[]): Promise<SkuInput[]>;
  auditColumns(id: string): Promise<AttributeColumn[]>;
  /** Forgets it, whether it has ended or not. Returns places of the pictures that may have a small one in the store. */
  deleteAudit(id: string): Promise<number[]>;
}

/** As ids of batches, which they share job ids and object keys with: `a`, the time, and 80 random bits. */
export function newAuditId(now = Date.now()): string {
  const random = [...randomBytes(16)].map((byte) => (byte % 36).toString(36)).join('');
  return `a${now.toString(36)}${random}`;
}

/** Pictures that a job measures: some seconds, so that a dead worker's part is soon done again. */
const PART = 20;
/** Written, or looked through, in one round trip. */
const CHUNK = 500;
/** An audit whose recording was not finished is forgotten after this. */
const ORPHAN_MS = 10_000;

export function createAudits(db: Database, retentionDays: number): Audits {
  const { redis, keys } = db;

  async function read(id: string): Promise<AuditState | null> {
    const [hash, chore] = await Promise.all([redis.hgetall(keys.audit(id)), readChore(db, 'audit', id)]);
    const known = readAuditHash(id, hash);
    if (known === null) return null;
    const finishedAt = chore?.endedAt ?? null;
    const expires = expiryOf(finishedAt === null ? null : new Date(finishedAt).toISOString(), retentionDays);
    return {
      ...known,
      // The process that recorded the audit died before it began the chore, and nobody knows of the audit.
      status: chore?.status ?? 'failed',
      finishedAt,
      expiresAt: expires === null ? null : Date.parse(expires),
    };
  }

  async function picturesAt(id: string, places: readonly number[]): Promise<AuditedPicture[]> {
    if (places.length === 0) return [];
    const fields = places.map(String);
    const [stored, results] = await Promise.all([
      redis.hmget(`${keys.audit(id)}:pictures`, ...fields),
      redis.hmget(`${keys.audit(id)}:results`, ...fields),
    ]);
    return places.flatMap((place, at) => {
      const one = stored[at];
      return one ? [readPicture(place, one, results[at])] : [];
    });
  }

  return {
    async createAudit({ id, tenant, name, profiles, dialect, skus, pictures, columns, warnings }) {
      const audit = keys.audit(id);
      await writeAll(
        db,
        `${audit}:input`,
        skus.map((sku) => JSON.stringify(sku)),
      );
      await writeAll(db, `${audit}:pictures`, pictures);
      const now = await redisNow(redis);
      const fields = {
        ...{ tenant, name: name ?? '', profiles: profiles.join(' '), dialect, skus: skus.length },
        ...{
          pictures: pictures.length,
          columns: JSON.stringify(columns),
          warnings: JSON.stringify(warnings),
        },
        createdAt: now,
      };
      await executeAll(redis, (all) =>
        all
          .persist(`${audit}:input`)
          .persist(`${audit}:pictures`)
          .hset(audit, fields)
          .zadd(keys.audits(), now, id)
          .zadd(keys.audits(tenant), now, id),
      );
      await startChore(db, { kind: 'audit', id, items: pictures.length, size: PART });
    },
    async audit(id, tenant) {
      const state = await read(id);
      return state?.tenant === tenant ? state : null;
    },
    async audits(tenant, { cursor, limit }) {
      const index = keys.audits(tenant);
      const rank = cursor === undefined ? null : await redis.zrevrank(index, cursor);
      const from = rank === null ? 0 : rank + 1;
      const ids = await redis.zrevrange(index, from, from + limit);
      const items = await Promise.all(ids.slice(0, limit).map(read));
      return {
        items: items.filter((item) => item !== null),
        nextCursor: ids.length > limit ? (ids[limit - 1] ?? null) : null,
      };
    },
    async openAudits(tenant) {
      const members = await redis.zrange(keys.chores, '0', '-1');
      const ids = members.flatMap((member) => (member.startsWith('audit:') ? [member.slice(6)] : []));
      const tenants = await Promise.all(ids.map((id) => redis.hget(keys.audit(id), 'tenant')));
      return tenants.filter((one) => one === tenant).length;
    },
    async auditPictures(id, { profile, demand, cursor = 0, limit }) {
      const total = Number((await redis.hget(keys.audit(id), 'pictures')) ?? 0);
      const items: AuditedPicture[] = [];
      for (let from = cursor; from < total; from += CHUNK) {
        const places = Array.from({ length: Math.min(CHUNK, total - from) }, (_, at) => from + at);
        for (const picture of await picturesAt(id, places)) {
          const isAsked =
            profile === undefined ||
            picture.result?.faults.some(
              (fault) => fault.profile === profile && (demand === undefined || fault.demand === demand),
            );
          if (!isAsked) continue;
          if (items.length === limit) return { items, nextCursor: picture.index };
          items.push(picture);
        }
        await breathe();
      }
      return { items, nextCursor: null };
    },
    auditPicturesAt: picturesAt,
    async auditSkus(id, places) {
      const found: SkuInput[] = [];
      for (let at = 0; at < places.length; at += CHUNK) {
        const asked = places.slice(at, at + CHUNK).map(String);
        for (const text of await redis.hmget(`${keys.audit(id)}:input`, ...asked))
          if (text !== null) found.push(SkuInput.parse(JSON.parse(text)));
        await breathe();
      }
      return found;
    },
    async auditColumns(id) {
      return JSON.parse((await redis.hget(keys.audit(id), 'columns')) ?? '[]') as AttributeColumn[];
    },
    deleteAudit: (id) => forgetAudit(db, id),
  };
}

async function writeAll({ redis }: Database, key: string, values: readonly string[]): Promise<void> {
  for (let from = 0; from < values.length; from += CHUNK) {
    const fields = values.slice(from, from + CHUNK).flatMap((value, at) => [String(from + at), value]);
    await executeAll(redis, (all) => all.hset(key, ...fields).pexpire(key, ORPHAN_MS));
    await breathe();
  }
}
