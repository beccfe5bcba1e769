import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BATCH_SUFFIXES, FLIGHT_SUFFIXES, keysOf } from './keys.ts';

const TABLE = readFileSync(new URL('../../../../docs/reference/redis-keys.md', import.meta.url), 'utf8');
/** BullMQ's own keys, and members that are no keys. */
const NOT_IN_THE_TABLE = [
  'prefix',
  'poolName',
  'poolSuffix',
  'pool',
  'aiQueue',
  'aiLimiter',
  'aiLock',
  'queue',
];

test('the table of what is in Redis has every key', () => {
  const described = [...TABLE.matchAll(/`<p>:([^`<]*)/g)].map(([, start = '']) => start);
  const unknown = Object.entries(keysOf('p')).flatMap(([name, key]) => {
    if (NOT_IN_THE_TABLE.includes(name)) return [];
    const made = String(typeof key === 'function' ? (key as (...words: string[]) => string)('?', '?') : key);
    return described.includes(made.slice('p:'.length).replace(/\?.*$/, '')) ? [] : [made];
  });
  expect(unknown).toEqual([]);
});

test('the table of what is in Redis has every part of a batch', () => {
  const described = TABLE.split('\n')
    .filter((line) => line.includes('<p>:batch:<id>'))
    .join('\n');
  const unknown = [...BATCH_SUFFIXES, ...FLIGHT_SUFFIXES].filter((part) => !described.includes(`:${part}\``));
  expect(unknown).toEqual([]);
});
