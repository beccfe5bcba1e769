import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const UP = join(ROOT, 'scripts/up.mjs');
const LOCKED = join(ROOT, 'scripts/fixtures/locked.mjs');
const LEAKS = '<rootDir>/packages/testkit/fixtures/leaks';

describe('up.mjs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-studio-up-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('test prints one line on stdout that counts tests, and files that failed outside of one', async () => {
    const run = start(
      UP,
      'test',
      '--forceExit',
      '--runInBand',
      '--testMatch',
      `${LEAKS}/{nothing,server}.test.ts`,
    );
    expect(await run.ended).toBe(1);
    expect(run.stdout()).toBe('2 passed, 1 failed\n');
    expect(run.stderr()).not.toContain('ExperimentalWarning');
  }, 60_000);

  test('test succeeds when everything passed', async () => {
    const run = start(UP, 'test', '--testMatch', `${LEAKS}/nothing.test.ts`);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toBe('1 passed, 0 failed\n');
  }, 60_000);

  test('test fails when there is nothing to test', async () => {
    const run = start(UP, 'test', '--testMatch', '<rootDir>/nowhere/*.test.ts');
    expect(await run.ended).toBe(1);
    expect(run.stdout()).toBe('0 passed, 1 failed\n');
  }, 60_000);

  test('names its targets when it is asked for another', async () => {
    const run = start(UP, 'dance');
    expect(await run.ended).toBe(2);
    expect(run.stderr()).toContain('start|demo|test|check|e2e|chaos|bench|screenshots|build|format');
  });

  test('two runs take turns', async () => {
    const log = join(folder, 'log');
    const runs = [start(LOCKED, log, '300'), start(LOCKED, log, '300'), start(LOCKED, log, '300')];
    expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(6);
    for (const index of [0, 2, 4]) expect(lines[index + 1]).toBe(lines[index]?.replace('in', 'out'));
  }, 60_000);

  test('a run that was killed holds nobody up', async () => {
    const log = join(folder, 'log');
    const killed = start(LOCKED, log, '60000');
    while (!(await readFile(log, 'utf8').catch(() => '')).includes('in')) await delay(20);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await start(LOCKED, log, '0').ended).toBe(0);
  }, 60_000);
});

function start(script: string, ...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], { cwd: ROOT });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}
