import { expect, test } from '@jest/globals';
import { createDeliveryTurns } from './delivery-turns.ts';

test('a tenant has half of the places, another one finds some, and what waits comes when one is free', () => {
  const turns = createDeliveryTurns(10);
  const taken = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].filter((job) => turns.take('acme', job));
  expect(taken).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  expect(turns.waiting('acme')).toBe(2);
  expect(turns.take('beta', 'b1')).toBe(true);
  expect(turns.take('beta', 'b2')).toBe(true);
  expect(turns.give('acme')).toBeNull();
  expect(turns.give('acme')).toBe('a6');
  expect(turns.take('acme', 'a6')).toBe(true);
  expect(turns.waiting('acme')).toBe(1);
});

test('a turn that is given back is for the waiting tenant that has fewest', () => {
  const turns = createDeliveryTurns(6);
  for (const job of ['a1', 'a2', 'a3', 'a4']) turns.take('acme', job);
  for (const job of ['b1', 'b2']) turns.take('beta', job);
  expect([turns.waiting('acme'), turns.waiting('beta')]).toEqual([1, 1]);
  expect(turns.give('acme')).toBe('b2');
});
