import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Seconds that each of the long test files took when somebody last looked, two side by side on two cores. */
const SECONDS = JSON.parse(readFileSync(new URL('test-seconds.json', import.meta.url), 'utf8'));
/** Others take less than the shortest of these, the larger ones longer. */
const MOST_SECONDS = 9;
const BYTES_PER_SECOND = 2000;

/**
 * Jest begins with the files that took longest the last time. On a fresh clone it knows no last time and goes by their size: then a
 * small file that takes a minute may be the last, beside cores that have nothing to do.
 */
export default class LongestFirst extends TestSequencer {
  time(test) {
    const { config, hasteFS } = test.context;
    const usual = Math.min(MOST_SECONDS, (hasteFS.getSize(test.path) ?? 0) / BYTES_PER_SECOND);
    return super.time(test) ?? 1000 * (SECONDS[relative(config.rootDir, test.path)] ?? usual);
  }
}
