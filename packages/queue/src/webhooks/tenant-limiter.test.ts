import { expect, test } from '@jest/globals';
import { createTenantLimiter } from './tenant-limiter.ts';

test('a tenant has half of the places, another one finds some, and what waits comes when one is free', () => {
  const limiter = createTenantLimiter(10);
  const taken = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].filter((job) => limiter.take('acme', job));
  expect(taken).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  expect(limiter.waiting('acme')).toBe(2);
  expect(limiter.take('beta', 'b1')).toBe(true);
  expect(limiter.take('beta', 'b2')).toBe(true);
  expect(limiter.give('acme')).toBeNull();
  expect(limiter.give('acme')).toBe('a6');
  expect(limiter.take('acme', 'a6')).toBe(true);
  expect(limiter.waiting('acme')).toBe(1);
});

test('a place that is given back is for the waiting tenant that has fewest', () => {
  const limiter = createTenantLimiter(6);
  for (const job of ['a1', 'a2', 'a3', 'a4']) limiter.take('acme', job);
  for (const job of ['b1', 'b2']) limiter.take('beta', job);
  expect([limiter.waiting('acme'), limiter.waiting('beta')]).toEqual([1, 1]);
  expect(limiter.give('acme')).toBe('b2');
});
