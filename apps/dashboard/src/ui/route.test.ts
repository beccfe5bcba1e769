import { expect, test } from '@jest/globals';
import { batchHash, parseRoute } from './route.ts';

test.each([
  ['', { page: 'batches', filter: {} }],
  ['#/', { page: 'batches', filter: {} }],
  ['#/?status=paused&q=x', { page: 'batches', filter: { status: 'paused', q: 'x' } }],
  ['#/fleet', { page: 'fleet' }],
  ['#/new', { page: 'new' }],
  ['#/nowhere', { page: 'batches', filter: {} }],
  ['#/batches/b1', { page: 'batch', id: 'b1', filter: {}, sku: null }],
  ['#/batches/b1?state=nonsense', { page: 'batch', id: 'b1', filter: {}, sku: null }],
  ['#/batches/%E0%A4%A', { page: 'batch', id: '%E0%A4%A', filter: {}, sku: null }],
])('reads %j', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test.each(['10012', 'A:1', 'STOOL/45', '仙人掌-01', 'a b?c#d&e=f%'])(
  'carries the SKU %j there and back',
  (sku) => {
    const filter = { state: 'failed', reason: 'SOURCE_NOT_FOUND', rule: 'fill', q: 'x y' } as const;
    expect(parseRoute(batchHash('b1', filter, sku))).toEqual({ page: 'batch', id: 'b1', filter, sku });
  },
);
