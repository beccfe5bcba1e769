import { expect, test } from '@jest/globals';
import { localUrl } from './local-url.ts';

const self = 'http://127.0.0.1:3000/api/v1/batches/b1';

test.each([
  ['http://127.0.0.1:3000/files/a%20b.jpg?x=1', '/files/a%20b.jpg?x=1'],
  ['https://bucket.example/a.jpg?sig=1', 'https://bucket.example/a.jpg?sig=1'],
  ['/files/a.jpg', '/files/a.jpg'],
])('turns %j into %j', (url, local) => {
  expect(localUrl(url, self)).toBe(local);
});

test('leaves an address alone when the batch does not say where it lives', () => {
  expect(localUrl('http://127.0.0.1:3000/files/a.jpg', undefined)).toBe('http://127.0.0.1:3000/files/a.jpg');
});
