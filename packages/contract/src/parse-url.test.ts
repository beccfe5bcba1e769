import { describe, expect, test } from '@jest/globals';
import { parseUrl } from './parse-url.ts';

describe('parseUrl', () => {
  test('reads an address, also against another', () => {
    expect(parseUrl('https://x.example/a?b=1')?.host).toBe('x.example');
    expect(parseUrl('/a', 'https://x.example/b')?.href).toBe('https://x.example/a');
    expect(parseUrl('hello world')).toBeNull();
    expect(parseUrl('/a')).toBeNull();
  });

  test('reads hosts with letters beyond ASCII, however often it is asked', () => {
    let refused = 0;
    for (let n = 0; n < 200_000; n += 1) if (parseUrl('https://bücher.example/a.jpg') === null) refused += 1;
    expect(refused).toBe(0);
  });
});
