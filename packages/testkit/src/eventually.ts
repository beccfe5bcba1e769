import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `fn` neither throws nor rejects, and resolves with what it returned. Rejects with its last error after
 * `timeoutMs` (default 10 s). Use it instead of a sleep: it is as fast as the thing it waits for.
 */
export async function eventually<T>(
  fn: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await fn();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(intervalMs);
  }
}
