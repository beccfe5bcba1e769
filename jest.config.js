/**
 * One configuration for every package: sources are compiled by swc as they are imported (no build needed), as
 * native ES modules, and workspace packages resolve to their `src` through the `source` export condition.
 */
export default {
  testEnvironment: '<rootDir>/scripts/jest-environment.js',
  setupFilesAfterEnv: ['<rootDir>/scripts/jest-each-file.ts'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  roots: ['<rootDir>/packages', '<rootDir>/apps', '<rootDir>/bench', '<rootDir>/scripts'],
  testMatch: ['**/src/**/*.test.ts', '<rootDir>/scripts/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          // The dashboard's texts are JSON.
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/scripts/jest-global-setup.mjs',
  testSequencer: '<rootDir>/scripts/longest-first.mjs',
  testTimeout: 90_000,
  // Two cores; each file waits for half of its time.
  maxWorkers: 3,
  // Node keeps the modules of every file that a process has run.
  workerIdleMemoryLimit: '500MB',
};
