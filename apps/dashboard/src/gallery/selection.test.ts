import { describe, expect, test } from '@jest/globals';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { countOf, extendTo, isSelected, NOTHING, toggle } from './selection.ts';

const list: SkuList = {
  count: 6,
  isComplete: true,
  at: (position) => (position < 5 ? ({ sku: `S${position}` } as SkuBrief) : undefined),
};

describe('a selection', () => {
  test('takes a SKU in and out', () => {
    const one = toggle(NOTHING, list, 2);
    expect([...one.codes]).toEqual(['S2']);
    expect(countOf(toggle(one, list, 2), list.count)).toBe(0);
  });

  test('reaches from the last one chosen to another, both ways, over what has been read', () => {
    const from = toggle(NOTHING, list, 3);
    expect([...extendTo(from, list, 1).codes].sort()).toEqual(['S1', 'S2', 'S3']);
    expect([...extendTo(from, list, 5).codes]).toEqual(['S3', 'S4']);
  });

  test('of everything counts what the filter leaves, and ends with the next choice', () => {
    const all = { ...NOTHING, isAll: true };
    expect([countOf(all, 412), isSelected(all, 'never read')]).toEqual([412, true]);
    expect(countOf(toggle(all, list, 0), 412)).toBe(0);
  });
});
