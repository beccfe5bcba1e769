/**
 * Waits between attempts, together 23.6 h. Dense at first, because most outages are a restart; then as Standard
 * Webhooks suggests.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WAITS_MS = [5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR];

export const WEBHOOK_ATTEMPTS = WAITS_MS.length + 1;

/** A tenth on top at random, so that the receivers of one outage are not called in step. */
const JITTER = 0.1;
/** Nothing is tried later than this after the first attempt, whatever a receiver asks for. */
const GIVE_UP_MS = 25 * HOUR;

/**
 * Milliseconds until the next attempt after `attemptsMade`, `null` when there is none. A receiver that names a time
 * (`Retry-After`) is not called before it; a shorter one than ours does not hurry us.
 */
export function webhookWaitMs(
  attemptsMade: number,
  elapsedMs: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number | null {
  const planned = WAITS_MS[attemptsMade - 1];
  if (planned === undefined) return null;
  const waitMs = Math.round(Math.max(planned, retryAfterMs) * (1 + JITTER * random()));
  return elapsedMs + waitMs > GIVE_UP_MS ? null : waitMs;
}
