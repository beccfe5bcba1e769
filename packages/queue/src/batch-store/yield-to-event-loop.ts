import { setImmediate as nextLoop } from 'node:timers/promises';

/**
 * Ask it between two pieces of work: it lets the event loop turn once work has gone on for `ms` since the last turn. By
 * the clock, because pieces differ: the record of eight pictures takes eight times as long as that of one.
 */
export function yieldToEventLoop(ms = 5): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < ms) return;
    await nextLoop();
    since = performance.now();
  };
}
