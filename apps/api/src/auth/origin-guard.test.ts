import { describe, expect, test } from '@jest/globals';
import { createOriginGuard } from './origin-guard.ts';

const open = createOriginGuard({ open: true, publicUrl: undefined });
const keyed = createOriginGuard({ open: false, publicUrl: 'https://studio.example.com' });

describe('without keys', () => {
  test.each([
    'localhost:3000',
    '127.0.0.1:3000',
    '127.8.9.1',
    '[::1]:3000',
    'studio.localhost',
    'LOCALHOST.',
  ])('the loopback name %s is answered', (host) =>
    expect(() => open({ method: 'GET', headers: { host } })).not.toThrow(),
  );

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1:3000', '', 'a b'])(
    'the name %j, which a rebinding attack could carry, is refused',
    (host) => expect(() => open({ method: 'GET', headers: { host } })).toThrow('loopback'),
  );
});

describe('a browser that changes something', () => {
  const headers = (origin: string, host = 'studio.example.com') => ({ host, origin });

  test('may come from a page of ours', () => {
    expect(() => keyed({ method: 'POST', headers: headers('https://studio.example.com') })).not.toThrow();
    expect(() =>
      open({ method: 'POST', headers: headers('http://localhost:3000', 'localhost:3000') }),
    ).not.toThrow();
  });

  test('may come through a proxy that rewrites the host, when PUBLIC_URL names the page', () => {
    expect(() =>
      keyed({ method: 'POST', headers: headers('https://studio.example.com', 'api:3000') }),
    ).not.toThrow();
  });

  test.each(['https://evil.example', 'null', 'http://localhost:4000'])('may not come from %s', (origin) => {
    expect(() => keyed({ method: 'POST', headers: headers(origin) })).toThrow('another origin');
    expect(() => open({ method: 'DELETE', headers: headers(origin, 'localhost:3000') })).toThrow(
      'another origin',
    );
  });

  test('and may not open a web socket from there either, although that is a GET', () => {
    const upgrade = { ...headers('https://evil.example'), upgrade: 'websocket' };
    expect(() => keyed({ method: 'GET', headers: upgrade })).toThrow('another origin');
  });

  test('reading is left to the same-origin rule of browsers', () => {
    expect(() => keyed({ method: 'GET', headers: headers('https://evil.example') })).not.toThrow();
  });
});

test('programs send no Origin and are not held up', () => {
  expect(() => keyed({ method: 'POST', headers: { host: 'anything' } })).not.toThrow();
});
