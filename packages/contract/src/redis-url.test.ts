import { describe, expect, test } from '@jest/globals';
import { parseRedisUrl } from './redis-url.ts';

describe('parseRedisUrl', () => {
  test.each([
    ['redis://127.0.0.1:6379', { kind: 'single', tls: false, host: '127.0.0.1', db: 0 }],
    [
      'rediss://studio:p%40ss@r.example:6380/3',
      { kind: 'single', tls: true, host: 'r.example', username: 'studio', password: 'p@ss', db: 3 },
    ],
    ['redis://:only@[::1]', { kind: 'single', tls: false, host: '::1', password: 'only', db: 0 }],
  ])('reads %s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  test.each([
    [
      'redis+sentinel://h1,h2:5000,h3/mymaster',
      {
        tls: false,
        name: 'mymaster',
        db: 0,
        sentinels: [
          { host: 'h1', port: 26379 },
          { host: 'h2', port: 5000 },
          { host: 'h3', port: 26379 },
        ],
      },
    ],
    [
      'rediss+sentinel://studio:a%2Fb@c@[fd00::1]:26380/queue-1/2',
      {
        tls: true,
        name: 'queue-1',
        db: 2,
        username: 'studio',
        password: 'a/b@c',
        sentinels: [{ host: 'fd00::1', port: 26380 }],
      },
    ],
  ])('reads the sentinels of %s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual({ kind: 'sentinel', ...address });
  });

  test.each([
    'http://h',
    'redis+sentinel://h1,h2',
    'redis+sentinel://h1,h2/',
    'redis+sentinel://h1:port,h2/name',
    'redis+sentinel://,/name',
    'redis+sentinel://h1/name?db=2',
    'redis+cluster://h1/name',
    'redis+sentinel://u:%ZZ@h1/name',
    'h1:6379',
    '',
  ])('refuses %p', (url) => {
    expect(parseRedisUrl(url)).toBeNull();
  });
});
