import { expect, test } from '@jest/globals';
import { createCookieJar } from './cookie-jar.ts';

const jarAfter = (from: string, ...setCookie: string[]) => {
  const jar = createCookieJar();
  jar.keep(new URL(from), setCookie);
  return (to: string) => jar.headerFor(new URL(to));
};

test('cookies go back to the host that set them, and to no other', () => {
  const sent = jarAfter('https://cdn.example/a', 'pass=yes; Path=/', 'id=7; HttpOnly');
  expect(sent('https://cdn.example/b')).toBe('pass=yes; id=7');
  expect(sent('https://img.cdn.example/b')).toBeUndefined();
  expect(sent('https://other.example/b')).toBeUndefined();
});

test('a domain counts when the host is below it, and never a whole top-level one', () => {
  const sent = jarAfter(
    'https://www.shop.example/a',
    'a=1; Domain=.shop.example',
    'b=2; Domain=example',
    'c=3; Domain=bank.example',
  );
  expect(sent('https://cdn.shop.example/')).toBe('a=1');
  expect(sent('https://www.shop.example/')).toBe('a=1; b=2; c=3');
  expect(sent('https://bank.example/')).toBeUndefined();
});

test('secure cookies are not sent in the clear, and what is no cookie is dropped', () => {
  const sent = jarAfter(
    'https://cdn.example/a',
    'pass=yes; Secure',
    'nonsense',
    '=x',
    `big=${'x'.repeat(5000)}`,
  );
  expect(sent('https://cdn.example/')).toBe('pass=yes');
  expect(sent('http://cdn.example/')).toBeUndefined();
});
