import { BatchOptions } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { readBatch } from './read-batch.ts';

const hash = {
  id: 'b1',
  tenant: 'acme',
  name: '',
  options: JSON.stringify(BatchOptions.parse({ profile: 'ebay' })),
  total: '10',
  waiting: '10',
  active: '0',
  completed: '0',
  failed: '0',
  cancelled: '0',
  needsReview: '0',
  imagesExpected: '20',
  imagesDone: '3',
  callsMade: '5',
  callsReused: '2',
  callsFailed: '1',
  costMicroUsd: '123456',
  budgetMicroUsd: '0',
  seq: '42',
  isCancelled: '0',
  paused: '0',
  pausedFor: '',
  createdAt: '1700000000000',
  finishedAt: '',
};

describe('readBatch', () => {
  test('is null for a batch that is not there', () => {
    expect(readBatch({})).toBeNull();
  });

  test('reads numbers, money, times and what is not set', () => {
    expect(readBatch(hash)).toMatchObject({
      id: 'b1',
      tenant: 'acme',
      name: null,
      options: { profile: 'ebay', main: true, secondary: false },
      counts: { total: 10, waiting: 10 },
      images: { expected: 20, done: 3 },
      calls: { made: 5, reused: 2, failed: 1 },
      costUsd: 0.123456,
      budgetUsd: null,
      pausedFor: null,
      seq: 42,
      createdAt: '2023-11-14T22:13:20.000Z',
      finishedAt: null,
    });
    expect(readBatch({ ...hash, name: 'Autumn', budgetMicroUsd: '2500000' })).toMatchObject({
      name: 'Autumn',
      budgetUsd: 2.5,
    });
  });

  test.each<[string, Record<string, number | string>]>([
    ['queued', {}],
    ['running', { waiting: 9, active: 1 }],
    ['running', { waiting: 9, completed: 1 }],
    ['running', { waiting: 9, failed: 1 }],
    ['running', { waiting: 0, active: 10 }],
    ['paused', { paused: '1', pausedFor: 'operator' }],
    ['paused', { waiting: 4, completed: 6, paused: '1', pausedFor: 'budget' }],
    ['completed', { waiting: 0, completed: 10 }],
    ['completed', { waiting: 0, completed: 1, failed: 9 }],
    ['completed', { waiting: 0, needsReview: 1, failed: 9 }],
    ['failed', { waiting: 0, failed: 10 }],
    ['cancelled', { waiting: 0, cancelled: 10, isCancelled: '1' }],
    ['cancelled', { waiting: 0, completed: 9, cancelled: 1, isCancelled: '1' }],
    // Cancelled while it was paused.
    ['cancelled', { waiting: 0, cancelled: 10, isCancelled: '1', paused: '1' }],
  ])('is %s with %j', (status, change) => {
    const fields = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, String(value)]));
    expect(readBatch({ ...hash, ...fields })?.status).toBe(status);
  });

  test.each([
    ['operator', 'operator'],
    ['budget', 'budget'],
    // Written by an older version.
    ['', 'operator'],
  ])('is paused for what Redis calls %j', (stored, why) => {
    expect(readBatch({ ...hash, paused: '1', pausedFor: stored })?.pausedFor).toBe(why);
  });
});
