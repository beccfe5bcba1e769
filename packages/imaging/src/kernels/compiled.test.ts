import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { COMPILED } from './compiled.ts';

test.each(Object.entries(COMPILED))(
  'the loops in assembly/%s.ts were compiled since they changed: node scripts/make-kernels.mjs',
  (name, { sha256 }) => {
    const source = readFileSync(new URL(`../../assembly/${name}.ts`, import.meta.url));
    expect(createHash('sha256').update(source).digest('hex')).toBe(sha256);
  },
);
