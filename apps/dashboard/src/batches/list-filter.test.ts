import { describe, expect, test } from '@jest/globals';
import { type ListFilter, listHash, readListFilter } from './list-filter.ts';

const read = (hash: string): ListFilter => readListFilter(new URLSearchParams(hash.split('?')[1] ?? ''));

describe('the filter of the list in the address', () => {
  test.each<ListFilter>([{}, { status: 'paused' }, { q: '春季 & 50%?' }, { status: 'failed', q: 'a b' }])(
    '%j is read back',
    (filter) => {
      expect(read(listHash(filter))).toEqual(filter);
    },
  );

  test('drops what is not a status', () => {
    expect(read('#/?status=odd&q=x')).toEqual({ q: 'x' });
    expect(read('#/?status=')).toEqual({});
  });
});
