import { expect, test } from '@jest/globals';
import { createRateLimit } from './rate-limit.ts';

test('grants a minute’s worth at once, then at an even pace', () => {
  let now = 0;
  const limit = createRateLimit(60, () => now);
  for (let left = 59; left >= 0; left -= 1) {
    expect(limit.take('a')).toMatchObject({ limit: 60, remaining: left, retryAfterSeconds: null });
  }
  expect(limit.take('a')).toMatchObject({ remaining: 0, resetSeconds: 60, retryAfterSeconds: 1 });
  now = 999;
  expect(limit.take('a').retryAfterSeconds).toBe(1);
  now = 1000;
  expect(limit.take('a').retryAfterSeconds).toBeNull();
  now = 3_600_000;
  expect(limit.take('a')).toMatchObject({ remaining: 59, resetSeconds: 1 });
});

test('counts each caller alone', () => {
  const limit = createRateLimit(1, () => 0);
  expect(limit.take('a').retryAfterSeconds).toBeNull();
  expect(limit.take('a').retryAfterSeconds).toBe(60);
  expect(limit.take('b').retryAfterSeconds).toBeNull();
});

test('remembers a bounded number of callers', () => {
  const limit = createRateLimit(1, () => 0);
  limit.take('first');
  for (let caller = 0; caller < 10_000; caller += 1) limit.take(String(caller));
  expect(limit.take('9999').retryAfterSeconds).toBe(60);
  expect(limit.take('first').retryAfterSeconds).toBeNull();
});
