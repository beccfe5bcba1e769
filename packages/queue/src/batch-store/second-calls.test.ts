import { expect, test } from '@jest/globals';
import { secondCalls, withSecondCalls } from './second-calls.ts';

test('a fleet that has seen many batches goes by them', () => {
  const shares = Array.from({ length: 20 }, (_, n) => n / 20);
  expect(secondCalls(shares)).toEqual({ low: 0, likely: 0.5, high: 0.95 });
  expect(secondCalls(Array<number>(20).fill(1))).toEqual({ low: 1, likely: 1, high: 1 });
});

test('a fleet that has seen none takes some second calls to be possible, and one batch does not convince it', () => {
  expect(secondCalls([])).toEqual({ low: 0, likely: 0.1, high: 0.35 });
  expect(secondCalls([1])).toMatchObject({ low: 0, high: 1 });
});

test('the calls of a batch are its pictures, and second ones as many as are likely', () => {
  const known = { low: 0.2, likely: 0.3, high: 0.4 };
  const { low, likely, high } = withSecondCalls(10_000, known);
  expect(likely).toBe(13_000);
  expect([low / 10_000, high / 10_000]).toEqual([expect.closeTo(1.2, 1), expect.closeTo(1.4, 1)]);
  const few = withSecondCalls(5, known);
  expect([few.low, few.high]).toEqual([5, expect.closeTo(5 * 1.666, 1)]);
  expect(withSecondCalls(0, known)).toEqual({ low: 0, likely: 0, high: 0 });
});
