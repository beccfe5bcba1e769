import { describe, expect, test } from '@jest/globals';
import { newBatchId } from './batch-id.ts';

describe('newBatchId', () => {
  test('gives only lower case letters and digits, in one length until the year 2059', () => {
    for (const now of [Date.now(), Date.UTC(2059, 0, 1)]) {
      expect(newBatchId(now)).toMatch(/^b[0-9a-z]{24}$/);
    }
  });

  test('sorts by age', () => {
    const ids = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1, Date.UTC(2031, 5, 1)].map(newBatchId);
    expect([...ids].sort()).toEqual(ids);
  });

  test('never gives the same id twice, not even in the same millisecond', () => {
    const ids = Array.from({ length: 2000 }, () => newBatchId(1));
    expect(new Set(ids).size).toBe(2000);
  });
});
