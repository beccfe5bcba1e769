import root from '../jest.config.js';

/**
 * The same set-up as the unit tests, for whole processes: slower, one file at a time, on the built program. `--maxWorkers=2` is
 * faster by half, and what measures time may then be late.
 */
export default {
  ...root,
  rootDir: '..',
  roots: ['<rootDir>/e2e'],
  testMatch: ['<rootDir>/e2e/src/**/*.test.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
