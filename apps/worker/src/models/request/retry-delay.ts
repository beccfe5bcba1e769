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

const RESET = /^x-ratelimit-reset-(images|requests|tokens|input-images)$/;

/**
 * When the allowance that is used up is full again, by OpenAI's headers (`x-ratelimit-reset-images: 1s`, `6m0s`, `20ms`), in
 * milliseconds. An allowance of which something remains is not waited for.
 */
export function resetMs(headers: Headers): number | undefined {
  let longest: number | undefined;
  for (const [name, value] of headers) {
    if (!RESET.test(name) || Number(headers.get(name.replace('reset', 'remaining')) ?? 0) > 0) continue;
    const ms = Math.ceil(durationMs(value));
    if (ms > 0) longest = Math.max(longest ?? 0, ms);
  }
  return longest;
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
