import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';

/** What a tenant's webhooks are signed with now, newest first, each as the salt that its secret is derived with. */
export interface WebhookSalt {
  salt: string;
  /** When it was made, milliseconds. */
  at: number;
  /** Until when it signs beside the newer ones; `null`: until it is replaced. */
  until: number | null;
}

const Stored = z.array(z.object({ salt: z.string(), at: z.number() }));

/** A replaced secret signs on for a day: time enough to change a receiver. */
const RETIRES_AFTER_MS = 24 * 3_600_000;
/** Signatures of one message; who makes new secrets faster than that loses the oldest. */
const MOST = 4;
const SALT_BYTES = 16;

export async function readWebhookSalts(
  db: Database,
  tenant: string,
  now = Date.now(),
): Promise<WebhookSalt[]> {
  const { redis, keys } = db;
  const text = await redis.hget(keys.webhookSalts, tenant);
  if (text == null) return [];
  const stored = Stored.parse(JSON.parse(text));
  return stored
    .map(({ salt, at }, index) => {
      const replaced = stored[index - 1];
      return { salt, at, until: replaced === undefined ? null : replaced.at + RETIRES_AFTER_MS };
    })
    .filter(({ until }) => until === null || until > now);
}

/** Makes a new one and answers it; with `revoke` the others sign nothing more. */
export async function renewWebhookSalt(
  db: Database,
  tenant: string,
  { revoke }: { revoke: boolean },
): Promise<WebhookSalt[]> {
  const { redis, keys } = db;
  const salt = randomBytes(SALT_BYTES).toString('hex');
  await renewScript(redis, [keys.webhookSalts], [tenant, salt, revoke ? 1 : 0, RETIRES_AFTER_MS, MOST]);
  return readWebhookSalts(db, tenant);
}

/** KEYS: salts. ARGV: tenant, salt, 1 to drop the others, milliseconds for which a replaced one stays, most of them. */
const renewScript = defineScript(/* lua */ `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local known = redis.call('HGET', KEYS[1], ARGV[1])
local kept = { { salt = ARGV[2], at = now } }
local replaced_at = now
for _, entry in ipairs(known and ARGV[3] ~= '1' and cjson.decode(known) or {}) do
  if now - replaced_at < tonumber(ARGV[4]) and #kept < tonumber(ARGV[5]) then kept[#kept + 1] = entry end
  replaced_at = entry.at
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(kept))
return 1
`);
