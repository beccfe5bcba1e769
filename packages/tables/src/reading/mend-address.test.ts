import { describe, expect, test } from '@jest/globals';
import { mendAddress } from './mend-address.ts';

describe('an address', () => {
  test.each([
    ['https://x.example/a.jpg?w=1&amp;h=2', 'https://x.example/a.jpg?w=1&h=2'],
    ['//cdn.example/a.jpg', 'https://cdn.example/a.jpg'],
    ['www.shop.example/a.jpg', 'https://www.shop.example/a.jpg'],
    ['cdn.shop.example/files/a.jpg', 'https://cdn.shop.example/files/a.jpg'],
    ['https://x.example/my photo.jpg', 'https://x.example/my%20photo.jpg'],
    ['https://x.example/größe.jpg', 'https://x.example/gr%C3%B6%C3%9Fe.jpg'],
    ['https://bücher.example/a.jpg', 'https://xn--bcher-kva.example/a.jpg'],
    ['"https://x.example/a.jpg"', 'https://x.example/a.jpg'],
    ['<https://x.example/a.jpg>', 'https://x.example/a.jpg'],
    ['\u200bhttps://x.example/a.jpg\u00a0', 'https://x.example/a.jpg'],
    ['https:\\/\\/x.example\\/a.jpg', 'https://x.example/a.jpg'],
    ['https:\\\\x.example\\a.jpg', 'https://x.example/a.jpg'],
    ['https:/x.example/a.jpg', 'https://x.example/a.jpg'],
    ['=IMAGE("https://x.example/a.jpg")', 'https://x.example/a.jpg'],
    ['<img src="https://x.example/a.jpg" alt="">', 'https://x.example/a.jpg'],
  ])('%s is mended', (written, url) => {
    expect(mendAddress(written)).toEqual({ url, mended: expect.any(String) });
  });

  test.each([
    'https://x.example/a.jpg',
    'http://127.0.0.1:3000/a',
    'https://cdn.example/c_fill,w_400/a%20b.jpg?v=1#x',
    'HTTPS://X.example/A.JPG',
    `photo:${'a'.repeat(64)}`,
  ])('%s stays as it is', (url) => {
    expect(mendAddress(url)).toEqual({ url });
  });

  test.each([
    ['hello world', 'is not an address'],
    ['cup.jpg', 'is the name of a file, without a host'],
    ['photos/cup.jpg', 'is the name of a file, without a host'],
    ['/m/b/cup.jpg', 'is a path without a host'],
    ['C:\\Users\\me\\plate.jpg', 'is a file on somebody’s computer'],
    ['\\\\server\\share\\a.jpg', 'is a file on somebody’s computer'],
    ['file:///home/me/a.jpg', 'is a file on somebody’s computer'],
    ['ftp://x.example/a.jpg', 'begins with ftp:'],
    ['data:image/png;base64,AAAA', 'holds the picture itself'],
    ['https://', 'is not a possible address'],
    ['javascript:alert(1)', 'begins with javascript:'],
    [`https://x.example/${'a'.repeat(5000)}`, 'has 5018 characters, the limit is 4096'],
  ])('%s cannot be fetched', (written, fault) => {
    expect(mendAddress(written)).toMatchObject({ fault: { message: expect.stringContaining(fault) } });
  });

  test('that is a path is put behind the folder that is named', () => {
    expect(mendAddress('/m/b/cup.jpg', 'https://x.example/media/')).toMatchObject({
      url: 'https://x.example/media/m/b/cup.jpg',
    });
    expect(mendAddress('cup 1.jpg', 'https://x.example/media')).toMatchObject({
      url: 'https://x.example/media/cup%201.jpg',
    });
    expect(mendAddress('hello world', 'https://x.example/')).toHaveProperty('fault');
  });
});
