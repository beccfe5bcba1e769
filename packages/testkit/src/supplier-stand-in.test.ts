import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { supplierFaults } from './supplier-faults.ts';
import { type Supplier, startSupplier } from './supplier-stand-in.ts';

let supplier: Supplier;

beforeEach(async () => {
  supplier = await startSupplier();
});

afterEach(() => supplier.close());

test('serves what it was given and remembers who asked', async () => {
  const url = supplier.serve('/主图.jpg', Buffer.from('photo'), { headers: { etag: '"1"' } });
  const response = await fetch(`${url}?size=large`, { headers: { 'x-asked-by': 'test' } });
  expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([
    200,
    '"1"',
    'photo',
  ]);
  expect(supplier.hits('/主图.jpg')).toBe(1);
  expect(supplier.requests[0]).toMatchObject({
    path: '/%E4%B8%BB%E5%9B%BE.jpg?size=large',
    headers: { 'x-asked-by': 'test' },
  });
  expect(supplier.connections()).toBe(1);
});

test('answers 404 for what it was not given', async () => {
  expect((await fetch(`${supplier.origin}/none.jpg`)).status).toBe(404);
});

test('fails in turn and then serves', async () => {
  const photo = supplierFaults.photo(Buffer.from('photo'));
  const url = supplier.serve('/a.jpg', supplierFaults.inTurn(supplierFaults.status(500), photo));
  expect([(await fetch(url)).status, (await fetch(url)).status, (await fetch(url)).status]).toEqual([
    500, 200, 200,
  ]);
});

test.each(['resetHalfWay', 'truncatedLength'] as const)(
  '%s never delivers the whole photo',
  async (fault) => {
    const url = supplier.serve('/a.jpg', supplierFaults[fault](Buffer.alloc(100_000)));
    await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow();
  },
);

test('closes while somebody still waits for an answer', async () => {
  const waiting = fetch(supplier.serve('/a.jpg', supplierFaults.stallBeforeHeaders())).catch(() => 'closed');
  while (supplier.hits('/a.jpg') === 0) await new Promise(setImmediate);
  await supplier.close();
  expect(await waiting).toBe('closed');
  supplier = await startSupplier();
});
