import { describe, expect, test } from '@jest/globals';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { extendTo, NOTHING, rangeTo, toggle } from './selection.ts';

/** SKUs by their indices, and a place that has not been read. */
function listOf(...indices: number[]): SkuList {
  const skus = indices.map((index) => ({ sku: `S${index}`, index }) as SkuBrief);
  const count = skus.length + 1;
  return {
    count,
    matching: count,
    isComplete: true,
    at: (position) => skus[position],
    positionOf: (index) => skus.filter((sku) => sku.index < index).length,
  };
}

const list = listOf(0, 1, 2, 3, 4);

describe('a selection', () => {
  test('takes a SKU in and out', () => {
    const one = toggle(NOTHING, list, 2);
    expect([...one.codes]).toEqual(['S2']);
    expect(toggle(one, list, 2).codes.size).toBe(0);
  });

  test('reaches from the last one chosen to another, both ways, over what has been read', () => {
    const from = toggle(NOTHING, list, 3);
    expect([...extendTo(from, list, 1).codes].sort()).toEqual(['S1', 'S2', 'S3']);
    expect([...extendTo(from, list, 5).codes]).toEqual(['S3', 'S4']);
  });

  test('reaches from the same SKU when others have come in before it', () => {
    const from = toggle(NOTHING, listOf(5, 9), 0);
    const longer = listOf(1, 5, 7, 9);
    expect(rangeTo(from, longer, 3)).toEqual([1, 3]);
    expect([...extendTo(from, longer, 3).codes]).toEqual(['S5', 'S7', 'S9']);
  });

  test('of all that there was does not grow when the list does', () => {
    const all = { codes: new Set(['S0', 'S1']), anchor: null };
    expect([...extendTo(all, list, 2).codes]).toEqual(['S0', 'S1', 'S2']);
    expect([...toggle(all, list, 0).codes]).toEqual(['S1']);
  });
});
