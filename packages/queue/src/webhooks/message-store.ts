import { DeliveryStatus, type WebhookDelivery, WebhookEvent } from '@image-studio/contract';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';
import { defineScript } from '../redis/script.ts';
import { type MessageRef, messageId } from './message-id.ts';

/** What Lua wrote when it happened; it never changes. `batch` is the hash of the batch at that moment. */
const Message = z.object({
  event: WebhookEvent,
  /** The event by its own name, where versions from before it have to take it for `event`. */
  precisely: WebhookEvent.optional(),
  url: z.string(),
  at: z.number(),
  /** Of a test; a batch's is in `batch`. Earlier versions wrote none. */
  tenant: z.string().optional(),
  batch: z.record(z.string(), z.string()).optional(),
});
export type Message = z.infer<typeof Message>;

/** How far the delivery has come. */
export const DeliveryState = z.object({
  status: DeliveryStatus,
  /** Of all rounds together. */
  attempts: z.int(),
  lastStatusCode: z.int().nullable(),
  lastError: z.string().nullable(),
  lastAttemptAt: z.number().nullable(),
  lastMs: z.int().nullable(),
  nextAt: z.number().nullable(),
  deliveredAt: z.number().nullable(),
});
export type DeliveryState = z.infer<typeof DeliveryState>;

const UNTRIED: DeliveryState = {
  status: 'pending',
  attempts: 0,
  lastStatusCode: null,
  lastError: null,
  lastAttemptAt: null,
  lastMs: null,
  nextAt: null,
  deliveredAt: null,
};

export interface StoredMessage {
  message: Message;
  state: DeliveryState;
  /** 1, raised by each resend; jobs of lower rounds drop themselves. */
  round: number;
}

/** `null`: the batch, or this message, was forgotten. */
export async function readMessage(db: Database, ref: MessageRef): Promise<StoredMessage | null> {
  const { redis, keys } = db;
  const fields = [`${ref.number}`, `${ref.number}:state`, `${ref.number}:round`];
  const [message, state, round] = await redis.hmget(keys.webhooks(ref.owner), ...fields);
  return message == null ? null : parse(message, state, round);
}

/** All messages of a batch, newest first; at most 100 are kept. */
export async function listMessages(db: Database, owner: string): Promise<WebhookDelivery[]> {
  const { redis, keys } = db;
  const hash = await redis.hgetall(keys.webhooks(owner));
  return Object.keys(hash)
    .filter((field) => !field.includes(':'))
    .map(Number)
    .sort((a, b) => b - a)
    .map((number) =>
      viewDelivery({ owner, number }, parse(hash[`${number}`] ?? '', hash[`${number}:state`])),
    );
}

export function viewDelivery(
  ref: MessageRef,
  { message, state }: Pick<StoredMessage, 'message' | 'state'>,
): WebhookDelivery {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: messageId(ref),
    event: message.event,
    url: message.url,
    status: state.status,
    attempts: state.attempts,
    lastStatusCode: state.lastStatusCode,
    lastError: state.lastError,
    lastAttemptAt: iso(state.lastAttemptAt),
    lastMs: state.lastMs,
    nextAt: iso(state.nextAt),
    createdAt: new Date(message.at).toISOString(),
    deliveredAt: iso(state.deliveredAt),
  };
}

/** Does nothing when the batch was deleted meanwhile, or a resend has taken over. */
export async function writeState(
  db: Database,
  ref: MessageRef & { round: number },
  state: DeliveryState,
): Promise<void> {
  const { redis, keys } = db;
  const key = keys.webhooks(ref.owner);
  await writeStateScript(redis, [key], [ref.number, ref.round, JSON.stringify(state)]);
}

/** KEYS: messages. ARGV: number, round, state JSON. */
const writeStateScript = defineScript(/* lua */ `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local round = redis.call('HGET', KEYS[1], ARGV[1] .. ':round') or '1'
if tonumber(round) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1] .. ':state', ARGV[3])
return 1
`);

function parse(message: string, state?: string | null, round?: string | null): StoredMessage {
  const { precisely, ...told } = Message.parse(JSON.parse(message));
  return {
    message: { ...told, event: precisely ?? told.event },
    state: state ? DeliveryState.parse(JSON.parse(state)) : UNTRIED,
    round: Number(round ?? 1),
  };
}
