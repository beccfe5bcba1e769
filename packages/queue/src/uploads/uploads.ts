import type { Database } from '../redis/database.ts';
import { forgetUploadScript, noteUploadScript } from './uploads.lua.ts';

/** A photo that a client of a tenant has uploaded. Its bytes are in the object store, under its digest. */
export interface Upload {
  sha256: string;
  bytes: number;
  width: number;
  height: number;
  /** When it was last uploaded, ms. */
  at: number;
}

/** Digests asked for in one round trip. */
const CHUNK = 1000;

/** Notes an upload; the same twice is noted once, with the later time. */
export async function noteUpload(db: Database, tenant: string, upload: Upload): Promise<void> {
  const { redis, keys } = db;
  const { sha256, bytes, width, height, at } = upload;
  await noteUploadScript(
    redis,
    [keys.uploads(tenant), keys.uploadBytes],
    [tenant, sha256, `${bytes} ${width} ${height} ${at}`],
  );
}

/** What is known of these digests, in the order asked; `null`: this tenant has not uploaded it, or it has been deleted. */
export async function findUploads(
  db: Database,
  tenant: string,
  digests: readonly string[],
): Promise<(Upload | null)[]> {
  const { redis, keys } = db;
  const found: (Upload | null)[] = [];
  for (let from = 0; from < digests.length; from += CHUNK) {
    const asked = digests.slice(from, from + CHUNK);
    const known = await redis.hmget(keys.uploads(tenant), ...asked);
    found.push(...asked.map((sha256, place) => toUpload(sha256, known[place] ?? null)));
  }
  return found;
}

/** Bytes of all photos that a tenant has uploaded and that are kept. */
export async function uploadedBytes(db: Database, tenant: string): Promise<number> {
  const { redis, keys } = db;
  return Number((await redis.hget(keys.uploadBytes, tenant)) ?? 0);
}

/** Forgets one photo of a tenant; one that is not known is fine. */
export async function forgetUpload(db: Database, tenant: string, sha256: string): Promise<void> {
  const { redis, keys } = db;
  const known = await redis.hget(keys.uploads(tenant), sha256);
  if (known !== null)
    await forgetUploadScript(redis, [keys.uploads(tenant), keys.uploadBytes], [tenant, sha256, known]);
}

/** Calls `drop` for every upload that was last made before `before`, of all tenants, and forgets it. Returns how many. */
export async function expireUploads(
  db: Database,
  before: number,
  drop: (tenant: string, upload: Upload) => Promise<void>,
): Promise<number> {
  const { redis, keys } = db;
  let dropped = 0;
  for (const tenant of await redis.hkeys(keys.uploadBytes)) {
    let cursor = '0';
    do {
      const [next, fields] = await redis.hscan(keys.uploads(tenant), cursor, 'COUNT', CHUNK);
      cursor = next;
      for (let place = 0; place < fields.length; place += 2) {
        const [sha256 = '', known = ''] = fields.slice(place, place + 2);
        const upload = toUpload(sha256, known);
        if (upload === null || upload.at >= before) continue;
        // Forgotten first: a batch that names it from now on is told, and one uploaded meanwhile stays.
        const forgot = await forgetUploadScript(
          redis,
          [keys.uploads(tenant), keys.uploadBytes],
          [tenant, sha256, known],
        );
        if (Number(forgot) !== 1) continue;
        await drop(tenant, upload);
        dropped += 1;
      }
    } while (cursor !== '0');
  }
  return dropped;
}

function toUpload(sha256: string, known: string | null): Upload | null {
  const match = /^(\d+) (\d+) (\d+) (\d+)$/.exec(known ?? '');
  if (match === null) return null;
  const [bytes = 0, width = 0, height = 0, at = 0] = match.slice(1).map(Number);
  return { sha256, bytes, width, height, at };
}
