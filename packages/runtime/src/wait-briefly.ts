import { setTimeout as sleep } from 'node:timers/promises';

/** Longest wait at shutdown for work that was told to stop: it may hang in a command to a Redis that is frozen. */
const BRIEFLY_MS = 3000;

/** Waits for `work` to end, but not for long. What it leaves undone, another process finds. */
export async function waitBriefly(work: Promise<unknown> | undefined, ms = BRIEFLY_MS): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
