import { expect, test } from '@jest/globals';
import { readPools } from './read-pools.ts';
import { writePools } from './write-pools.ts';

test.each([[['default']], [['flux']], [['default', 'flux']], [['flux', 'default', 'gpt']]])(
  'the pools %j of a batch are read as they were written',
  (pools) => {
    expect(readPools(writePools(pools))).toEqual(pools);
  },
);

test.each([null, undefined, ''])(
  'a batch whose hash says %j of its pools is of the default one',
  (stored) => {
    expect(readPools(stored)).toEqual(['default']);
  },
);
