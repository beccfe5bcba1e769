import { expect, test } from '@jest/globals';
import { batchHash, readBatchId, readBatchQuery } from './batch-hash.ts';

test.each([
  ['', { filter: {}, sku: null }],
  ['state=nonsense', { filter: {}, sku: null }],
  ['state=failed&q=x', { filter: { state: 'failed', q: 'x' }, sku: null }],
])('reads %j', (query, found) => {
  expect(readBatchQuery(query)).toEqual(found);
});

test.each([
  ['b1', 'b1'],
  ['a%20b', 'a b'],
  ['%E0%A4%A', '%E0%A4%A'],
])('reads the batch %j', (part, id) => {
  expect(readBatchId(part)).toBe(id);
});

test.each(['10012', 'A:1', 'STOOL/45', '仙人掌-01', 'a b?c#d&e=f%'])(
  'carries the SKU %j there and back',
  (sku) => {
    const filter = { state: 'failed', reason: 'SOURCE_NOT_FOUND', rule: 'fill', q: 'x y' } as const;
    const [path, query = ''] = batchHash('b/1', filter, sku).split('?');
    expect(path).toBe('#/batches/b%2F1');
    expect(readBatchQuery(query)).toEqual({ filter, sku });
  },
);
