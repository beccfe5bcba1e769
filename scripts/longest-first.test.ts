import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);
const seconds = JSON.parse(readFileSync(new URL('scripts/test-seconds.json', ROOT), 'utf8')) as Record<
  string,
  number
>;

interface Timed {
  path: string;
  context: object;
  duration?: number;
}
const { default: LongestFirst } = (await import('./longest-first.mjs')) as unknown as {
  default: new (options: object) => { sort(tests: Timed[]): Timed[] };
};

/** In the order in which a fresh clone runs them. */
function sorted(sizes: Record<string, number>): string[] {
  const pathOf = (file: string) => fileURLToPath(new URL(file, ROOT));
  const context = {
    config: { rootDir: fileURLToPath(ROOT), cache: false },
    hasteFS: {
      getSize: (path: string) => Object.entries(sizes).find(([file]) => pathOf(file) === path)?.[1],
    },
  };
  const tests = Object.keys(sizes).map((file) => ({ path: pathOf(file), context }));
  const files = new LongestFirst({}).sort(tests).map(({ path }) => path);
  return files.map((path) => Object.keys(sizes).find((file) => pathOf(file) === path) ?? path);
}

describe('the order of the test files on a fresh clone', () => {
  test('begins with those that are known to take long, and goes by size among the others', () => {
    const [[longest = ''] = [], [next = ''] = []] = Object.entries(seconds).sort(([, a], [, b]) => b - a);
    const order = sorted({
      'new/small.test.ts': 10,
      [next]: 100,
      'new/large.test.ts': 100_000,
      [longest]: 1,
    });
    expect(order).toEqual([longest, next, 'new/large.test.ts', 'new/small.test.ts']);
  });

  test('knows of no file that is gone', () => {
    expect(Object.keys(seconds).filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
  });
});
