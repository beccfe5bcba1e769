import { describe, expect, test } from '@jest/globals';
import { priorityOfTag, tagOfPriority } from './priority.ts';

/** BullMQ refuses anything above; 0 would mean "no priority", which runs before everything else. */
const LAST = 2_097_151;

describe('the priority of a tag on the virtual clock', () => {
  test.each([
    [0, 1],
    [1, 2],
    [9999, 10_000],
    [LAST - 2, LAST - 1],
    [LAST - 1, LAST],
    [LAST, LAST],
    [1e12, LAST],
    [-5, 1],
    [2.7, 3],
  ])('%d is %d', (tag, priority) => {
    expect(priorityOfTag(tag)).toBe(priority);
  });

  test.each([0, 1, 77, LAST - 1])('leads back to the tag %d', (tag) => {
    expect(tagOfPriority(priorityOfTag(tag))).toBe(tag);
  });

  test('a job without a priority counts as the first', () => {
    expect(tagOfPriority(0)).toBe(0);
  });
});
