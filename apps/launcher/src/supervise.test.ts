import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Supervised, supervise } from './supervise.ts';

const MAIN = fileURLToPath(new URL('../fixtures/process.mjs', import.meta.url));

describe('supervise', () => {
  let folder: string;
  let lines: string[];
  let givenUp: [string, number][];
  let supervised: Supervised;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-studio-supervise-'));
    lines = [];
    givenUp = [];
  });
  afterEach(async () => {
    await supervised.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function run(behaviour: string, stopTimeoutMs = 10_000) {
    supervised = supervise({
      name: 'worker 1',
      main: MAIN,
      args: [behaviour, join(folder, 'log')],
      env: {},
      stopTimeoutMs,
      onLine: (name, line) => lines.push(`${name}: ${line}`),
      onGiveUp: (name, exitCode) => givenUp.push([name, exitCode]),
    });
  }

  async function starts(): Promise<number> {
    return (await readFile(join(folder, 'log'), 'utf8')).split('started').length - 1;
  }

  test('passes on what the process prints', async () => {
    run('calm');
    await eventually(() => expect(lines).toEqual(['worker 1: hello']));
  });

  test('starts a process that crashed again, with a growing pause', async () => {
    run('crash');
    await eventually(async () => expect(await starts()).toBeGreaterThanOrEqual(3));
    expect(lines.filter((line) => line.includes('unexpectedly')).slice(0, 2)).toEqual([
      'worker 1: ended unexpectedly (exit code 3); starts again in 500 ms',
      'worker 1: ended unexpectedly (exit code 3); starts again in 1000 ms',
    ]);
  });

  test('starts a process that was killed again', async () => {
    run('calm');
    await eventually(async () => expect(await starts()).toBe(1));
    const first = supervised.pid as number;
    process.kill(first, 'SIGKILL');
    await eventually(async () => expect(await starts()).toBe(2));
    expect(supervised.pid).not.toBe(first);
  });

  test('gives up on a process whose configuration is wrong', async () => {
    run('misconfigured');
    await eventually(() => expect(givenUp).toEqual([['worker 1', 78]]));
  });

  test('kills a process that does not stop in time', async () => {
    run('stubborn', 300);
    await eventually(() => expect(lines).toEqual(['worker 1: hello']));
    const pid = supervised.pid as number;
    await supervised.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('does not start again what is being stopped', async () => {
    run('crash');
    await eventually(() => expect(lines.join()).toContain('unexpectedly'));
    await supervised.stop();
    const before = await starts();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await starts()).toBe(before);
  });
});
