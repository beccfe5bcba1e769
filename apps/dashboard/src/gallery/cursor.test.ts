import { describe, expect, test } from '@jest/globals';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { cursorAfter, cursorAt, movedBy, placeOf, settle } from './cursor.ts';

/** A list of SKUs that are named by their indices; `unread` more places follow. */
function listOf(indices: number[], unread = 0): SkuList {
  const skus = indices.map((index) => ({ sku: `S${index}`, index }) as SkuBrief);
  const position = (index: number) => skus.filter((sku) => sku.index < index).length;
  const count = skus.length + unread;
  return { count, matching: count, isComplete: unread === 0, at: (at) => skus[at], positionOf: position };
}

describe('the cursor', () => {
  test('is at its SKU, wherever that stands when others come and go', () => {
    for (const [list, position] of [
      [listOf([7]), 0],
      [listOf([1, 4, 7, 9]), 2],
    ] as const) {
      expect(placeOf(list, { index: 7 })).toEqual({ position, sku: expect.objectContaining({ index: 7 }) });
    }
  });

  test('is never at another SKU in its stead', () => {
    expect(placeOf(listOf([5, 9]), { index: 7 })).toEqual({ position: 1, sku: undefined });
    expect(placeOf(listOf([]), { index: 7 })).toEqual({ position: 0, sku: undefined });
  });

  test('goes on to the SKU that follows, skipping none, and stays at the last', () => {
    expect(cursorAfter(listOf([1, 4, 7]), { index: 1 })).toEqual({ index: 4 });
    // Its own SKU may have left the list by then.
    expect(cursorAfter(listOf([4, 7]), { index: 1 })).toEqual({ index: 4 });
    expect(cursorAfter(listOf([4, 7]), { index: 7 })).toEqual({ index: 7 });
  });

  test('waits for the SKU that follows while its page is on the way, also when the list moves up meanwhile', () => {
    const waiting = cursorAfter(listOf([1, 4], 3), { index: 4 });
    expect(placeOf(listOf([1, 4], 3), waiting)).toEqual({ position: 2, sku: undefined });
    expect(settle(listOf([1], 3), waiting)).toBe(waiting);
    expect(settle(listOf([1, 6, 8], 1), waiting)).toEqual({ index: 6 });
  });

  test('stays at its SKU when the one that was to follow has gone before its page came', () => {
    const waiting = cursorAfter(listOf([1, 4], 1), { index: 4 });
    expect(settle(listOf([1]), waiting)).toEqual({ index: 4 });
    expect(settle(listOf([]), waiting)).toEqual({ index: 4 });
  });

  test('learns which SKU it is at when the page of its place has come, and stays with it', () => {
    const cursor = cursorAt(listOf([], 4), 1);
    expect(settle(listOf([], 4), cursor)).toEqual({ position: 1 });
    expect(settle(listOf([3, 5], 2), cursor)).toEqual({ index: 5 });
  });
});

describe('movedBy', () => {
  const grid = { columns: 4, rowsPerScreen: 3, count: 10 };

  test.each([
    ['ArrowRight', 0, 1],
    ['ArrowDown', 1, 5],
    ['ArrowUp', 1, 1],
    ['ArrowDown', 7, 7],
    ['ArrowLeft', 0, 0],
    ['PageDown', 0, 9],
    ['PageUp', 9, 0],
    ['End', 2, 9],
    ['Home', 7, 0],
    ['a', 3, null],
  ])('%s at %i leads to %p', (key, from, to) => {
    expect(movedBy(key, from, grid)).toBe(to);
  });
});
