import root from '../jest.config.js';

/** The same set-up as the unit tests, for whole processes: slower, one file at a time, on the built program. */
export default {
  ...root,
  rootDir: '..',
  roots: ['<rootDir>/e2e'],
  testMatch: ['<rootDir>/e2e/src/**/*.test.ts'],
  testTimeout: 180_000,
};
