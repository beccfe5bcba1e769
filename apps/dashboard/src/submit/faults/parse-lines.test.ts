import { describe, expect, test } from '@jest/globals';
import { parseLines } from './parse-lines.ts';

describe('parseLines', () => {
  test('reads one SKU a line with all its photos', () => {
    const { skus, faults } = parseLines('SHOE-1 https://a.example/1.jpg https://a.example/2.jpg\n');
    expect(faults).toEqual([]);
    expect(skus).toEqual([
      { sku: 'SHOE-1', images: [{ url: 'https://a.example/1.jpg' }, { url: 'https://a.example/2.jpg' }] },
    ]);
  });

  test.each(['10012', 'A:1', 'STOOL/45', 'JR 200 orange', '仙人掌-01', '"quoted"'])(
    'takes %j as it stands for a code',
    (code) => {
      expect(parseLines(`${code}\thttps://a.example/1.jpg`).skus[0]?.sku).toBe(code);
    },
  );

  test.each([',', ';', '|', '\t', ' , '])('takes %j for a separator', (separator) => {
    const line = ['X', 'https://a.example/1.jpg', 'http://b.example/2.png'].join(separator);
    expect(parseLines(line).skus).toEqual([
      { sku: 'X', images: [{ url: 'https://a.example/1.jpg' }, { url: 'http://b.example/2.png' }] },
    ]);
  });

  test('names the line of each fault, counting empty ones', () => {
    const text = 'A https://a.example/1.jpg\r\n\r\nB\nhttps://a.example/2.jpg\nA https://a.example/3.jpg';
    expect(parseLines(text).faults.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'line 3 “B” has no photo address (http:// or https://)',
      'line 4 has no SKU code before its first address',
      'line 5 “A” already stands in line 1',
    ]);
  });
});
