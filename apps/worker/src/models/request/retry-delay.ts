const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * How long the provider asks to wait, in milliseconds. Its sentence ("Please retry in 17.123456789s.", "1h2m3.5s") is
 * exact; the structured RetryInfo is the same value with its fraction cut off, so a second is added to that one.
 */
export function retryDelayMs(message: string, details: unknown[]): number | undefined {
  const spelled = /retry in ((?:\d+(?:\.\d+)?\s?(?:ms|h|m|s))+)/i.exec(message)?.[1];
  if (spelled !== undefined) return Math.ceil(durationMs(spelled));
  for (const detail of details) {
    const delay = retryInfoDelay(detail);
    if (delay !== undefined) return Math.ceil(durationMs(delay)) + (delay.includes('.') ? 0 : 1000);
  }
  return undefined;
}

const RESET = /^x-ratelimit-reset(-(images|requests|tokens|input-images))?$/;
/** No provider's window is longer; a header that says so is not believed. */
const LONGEST_RESET_MS = 24 * 3_600_000;

/**
 * For how long a request that was turned away had better wait, by the headers of the limit that it met (ms). An allowance of which
 * something remains is not waited for.
 */
export function resetMs(headers: Headers): number | undefined {
  return longestReset(headers, (name) => Number(headers.get(named(name, 'remaining')) ?? 0) <= 0);
}

/**
 * For how long the account may make no further request, by the headers of any answer (ms): `x-ratelimit-remaining-requests: 0` with
 * `x-ratelimit-reset-requests: 6m0s` (OpenAI), `x-ratelimit-remaining: 0` with `x-ratelimit-reset: 1764403200000` (OpenRouter).
 * `undefined` while something remains of every allowance. A limit that is not there, or is 0, is none: servers that keep no such limit say so.
 */
export function usedUpMs(headers: Headers): number | undefined {
  return longestReset(
    headers,
    (name) => headers.get(named(name, 'remaining')) === '0' && Number(headers.get(named(name, 'limit'))) > 0,
  );
}

function longestReset(headers: Headers, isUsedUp: (name: string) => boolean): number | undefined {
  let longest: number | undefined;
  for (const [name, value] of headers) {
    if (!RESET.test(name) || !isUsedUp(name)) continue;
    const ms = Math.ceil(untilReset(value, Date.parse(headers.get('date') ?? '') || Date.now()));
    if (ms > 0 && ms <= LONGEST_RESET_MS) longest = Math.max(longest ?? 0, ms);
  }
  return longest;
}

const named = (reset: string, part: 'remaining' | 'limit') => reset.replace('reset', part);

/** A duration (`1s`, `6m0s`, `20ms`), seconds (Azure), or a time as Unix seconds or milliseconds, by the clock of who sent it. */
function untilReset(value: string, now: number): number {
  if (!/^\d+(\.\d+)?$/.test(value)) return durationMs(value);
  const amount = Number(value);
  if (amount > 1e11) return amount - now;
  return amount > 1e9 ? amount * 1000 - now : amount * 1000;
}

function durationMs(text: string): number {
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s?(ms|h|m|s)/gi)) {
    sum += Number(amount) * (UNIT_MS[(unit ?? 's').toLowerCase()] ?? 1000);
  }
  return sum;
}

function retryInfoDelay(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined;
  const { '@type': type, retryDelay } = detail as Record<string, unknown>;
  const isRetryInfo = typeof type === 'string' && type.endsWith('google.rpc.RetryInfo');
  return isRetryInfo && typeof retryDelay === 'string' && /^\d+(\.\d+)?s$/.test(retryDelay)
    ? retryDelay
    : undefined;
}
