import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Jest runs native ES modules only behind this flag; that it is experimental need not be said in every run. */
const NODE_FLAGS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/** glibc keeps memory for each thread that has ever decoded a picture: a process of jest took 2.8 GB without this, 1.9 with it. */
const LESS_MEMORY = { MALLOC_ARENA_MAX: '2' };

/** Runs jest with `args`. The last line on stdout is `N passed, N failed`; resolves with the exit code. */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'image-studio-test-'));
  const outputFile = join(folder, 'result.json');
  try {
    const env = {
      ...process.env,
      ...LESS_MEMORY,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${NODE_FLAGS}`.trim(),
    };
    const jest = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${outputFile}`, ...args];
    const code = await run(process.execPath, jest, { env, stdio: ['inherit', 2, 2] });
    const { passed, failed } = tally(outputFile);
    console.log(`${passed} passed, ${failed} failed`);
    return code === 0 && failed > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that failed outside its tests (it did not load, or it left something open) counts as one failure. */
function tally(file) {
  const result = readResult(file);
  if (result === undefined) return { passed: 0, failed: 1 };
  const failedFiles = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: result.numPassedTests, failed: result.numFailedTests + failedFiles.length };
}

/** Undefined when jest ended before it wrote one. */
function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
