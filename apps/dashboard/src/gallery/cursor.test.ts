import { describe, expect, test } from '@jest/globals';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { cursorAt, followCursor, movedBy } from './cursor.ts';

function listOf(...codes: string[]): SkuList {
  return {
    count: codes.length,
    isComplete: true,
    at: (position) => (codes[position] === undefined ? undefined : ({ sku: codes[position] } as SkuBrief)),
  };
}

describe('followCursor', () => {
  test('stays with its SKU when others leave the list before it', () => {
    expect(followCursor(listOf('B', 'C'), { position: 2, sku: 'C' })).toEqual({ position: 1, sku: 'C' });
  });

  test('stays with its SKU when others come in before it', () => {
    expect(followCursor(listOf('A', 'B', 'C'), { position: 0, sku: 'C' })).toEqual({ position: 2, sku: 'C' });
  });

  test('stays at its place when its SKU has left, and at the end of a shorter list', () => {
    expect(followCursor(listOf('A', 'C'), { position: 1, sku: 'B' })).toEqual({ position: 1, sku: 'C' });
    expect(followCursor(listOf('A'), { position: 1, sku: 'B' })).toEqual({ position: 0, sku: 'A' });
  });

  test('learns which SKU it stands at when its page has come', () => {
    expect(followCursor(listOf('A', 'B'), cursorAt(listOf(), 1))).toEqual({ position: 0, sku: 'A' });
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
