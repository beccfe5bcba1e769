import { setMaxListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { createByteBudget } from './byte-budget.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

test('grants at once what fits, and counts what is given back', async () => {
  const budget = createByteBudget(100, 40);
  const [a, b] = [budget.open(), budget.open()];
  expect(a.grow(30, never)).toBeUndefined();
  expect(b.grow(30, never)).toBeUndefined();
  a.release();
  a.release();
  expect(budget.open().grow(30, never)).toBeUndefined();
});

test('downloads that all grow at once end one after the other, and never hold more than allowed', async () => {
  const budget = createByteBudget(100, 40);
  let held = 0;
  let most = 0;
  const download = async () => {
    const holding = budget.open();
    for (let piece = 0; piece < 4; piece += 1) {
      await holding.grow(10, never);
      held += 10;
      most = Math.max(most, held);
      await new Promise(setImmediate);
    }
    held -= 40;
    holding.release();
  };
  await Promise.all(Array.from({ length: 50 }, download));
  expect(held).toBe(0);
  expect(most).toBeGreaterThan(40);
  expect(most).toBeLessThanOrEqual(100);
});

test('who waits is served in turn, and who gives up makes room for the next', async () => {
  const budget = createByteBudget(20, 10);
  const [first, lane, third, fourth] = [budget.open(), budget.open(), budget.open(), budget.open()];
  await first.grow(10, never);
  await lane.grow(10, never);
  const impatient = new AbortController();
  const order: string[] = [];
  const waiting = third.grow(10, impatient.signal)?.catch(() => order.push('third gave up'));
  const next = fourth.grow(10, never)?.then(() => order.push('fourth'));
  impatient.abort(new Error('no more'));
  await waiting;
  third.release();
  first.release();
  await next;
  expect(order).toEqual(['third gave up', 'fourth']);
});

test('a download in the lane passes those who wait', async () => {
  const budget = createByteBudget(20, 10);
  const [shared, lane, waiter] = [budget.open(), budget.open(), budget.open()];
  await shared.grow(10, never);
  await lane.grow(5, never);
  const waiting = waiter.grow(1, never);
  expect(lane.grow(5, never)).toBeUndefined();
  lane.release();
  await waiting;
});

test('a signal that fired before is an answer', async () => {
  const budget = createByteBudget(10, 10);
  await budget.open().grow(10, never);
  await expect(budget.open().grow(1, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
