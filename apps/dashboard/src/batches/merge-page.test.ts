import { describe, expect, test } from '@jest/globals';
import { sampleBatch } from '../state/sample-batch.ts';
import { mergePage } from './merge-page.ts';

const batch = (id: string, seq = 1) => ({ ...sampleBatch(), id, seq });
const ids = ({ batches }: ReturnType<typeof mergePage>) => batches.map(({ id }) => id);

describe('the list, read again', () => {
  test('keeps what live events have brought further', () => {
    const { batches } = mergePage([batch('a', 9), batch('b', 2)], [batch('a', 7), batch('b', 3)], 25);
    expect(batches.map(({ seq }) => seq)).toEqual([9, 3]);
  });

  test('takes new batches in and keeps the ones beyond the page', () => {
    const merged = mergePage([batch('c'), batch('b'), batch('a')], [batch('d'), batch('c')], 2);
    expect(ids(merged)).toEqual(['d', 'c', 'a']);
    expect(merged.hasOlder).toBe(true);
  });

  test('drops what is gone when the page is the whole list', () => {
    const merged = mergePage([batch('b'), batch('a')], [batch('b')], 25);
    expect(ids(merged)).toEqual(['b']);
    expect(merged.hasOlder).toBe(false);
  });
});
