import { expect, test } from '@jest/globals';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

test('long work lets others run, and short work is not held up', async () => {
  const yieldNow = yieldToEventLoop(2);
  let turns = 0;
  const count = () => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  await yieldNow();
  expect(turns).toBe(0);
  for (let piece = 0; piece < 5; piece += 1) {
    const until = performance.now() + 3;
    while (performance.now() < until);
    await yieldNow();
  }
  clearImmediate(ticking);
  expect(turns).toBeGreaterThanOrEqual(5);
});
