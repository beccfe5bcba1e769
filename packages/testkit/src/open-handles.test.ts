import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What jest's `--json` says of a file. */
interface FileResult {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string }[];
}

describe('a test file that leaves something open', () => {
  let folder: string;
  let results: Map<string, FileResult>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-studio-leaks-'));
    const output = join(folder, 'result.json');
    const pattern = '<rootDir>/packages/testkit/fixtures/leaks/*.test.ts';
    // --forceExit: the forgotten server and timer would keep jest itself alive.
    const args = ['--runInBand', '--forceExit', '--json', `--outputFile=${output}`, '--testMatch', pattern];
    await runJest(args);
    const { testResults } = JSON.parse(await readFile(output, 'utf8')) as { testResults: FileResult[] };
    results = new Map(testResults.map((result) => [basename(result.name, '.test.ts'), result]));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['server', /1 × TCPServerWrap[\s\S]*server on .*127\.0\.0\.1/],
    ['timer', /1 × timer[\s\S]*timer\.test\.ts:\d+/],
    ['child-process', /1 × ProcessWrap[\s\S]*child process \d+: sleep 20/],
    ['socket', /TCPSocketWrap[\s\S]*Socket \d+ → 127\.0\.0\.1:\d+/],
  ])('fails, and names it: %s', (name, message) => {
    const result = results.get(name);
    expect(result?.assertionResults.map(({ status }) => status)).toEqual(['passed']);
    expect(result?.status).toBe('failed');
    expect(result?.message).toMatch(message);
  });

  test('passes when it closed everything', () => {
    expect(results.get('nothing')).toMatchObject({ status: 'passed', message: '' });
  });
});

/** Resolves whether jest passes or fails. */
function runJest(args: string[]): Promise<void> {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, 'node_modules/jest/bin/jest.js', ...args], { cwd: ROOT }, () =>
      resolve(),
    );
  });
}
