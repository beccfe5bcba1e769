import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const FIXTURE = new URL('../fixtures/lifecycle.ts', import.meta.url);

describe('createLifecycle', () => {
  let child: ChildProcess;
  let output: string;
  afterEach(() => void child.kill('SIGKILL'));

  async function run(behaviour: string, stdio: ForkOptions['stdio'] = ['ignore', 'pipe', 'pipe', 'ipc']) {
    child = fork(FIXTURE, [behaviour], {
      execArgv: ['--conditions=source', '--import', new URL('scripts/typescript.mjs', ROOT).href],
      env: { PATH: process.env.PATH },
      stdio,
    });
    output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    await said('started');
  }

  /** Resolves when the child has printed `text`; fails when it ends without. */
  async function said(text: string): Promise<void> {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`the process ended without saying "${text}": ${output}`);
      await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
    }
  }

  async function exitCode(): Promise<number | string> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode ?? 'unknown';
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s closes in reverse order and exits 0', async (signal) => {
    await run('orderly');
    child.kill(signal);
    expect(await exitCode()).toBe(0);
    expect(output.match(/aborted|closing \w+|closed \w+/g)).toEqual([
      'aborted',
      'closing worker',
      'closed worker',
      'closing redis',
      'closed redis',
    ]);
  });

  test('each close is told how much time those before it have left', async () => {
    await run('slow');
    child.kill('SIGTERM');
    expect(await exitCode()).toBe(0);
    const left = Number(/"leftMs":([\d.]+)/.exec(output)?.[1]);
    expect(left).toBeGreaterThan(5000);
    expect(left).toBeLessThanOrEqual(9300);
  });

  test('a second signal exits at once', async () => {
    await run('hanging');
    child.kill('SIGTERM');
    await said('closing worker');
    child.kill('SIGTERM');
    expect(await exitCode()).toBe(1);
    expect(output).toContain('second signal');
  });

  test('a close that hangs is given up after the timeout, and named', async () => {
    await run('hanging');
    child.kill('SIGTERM');
    expect(await exitCode()).toBe(1);
    expect(output).toMatch(/"stillOpen":\["redis","worker"\].*shutdown took too long/);
  });

  test('a close that fails does not keep the others open', async () => {
    await run('failing');
    child.kill('SIGTERM');
    expect(await exitCode()).toBe(1);
    expect(output).toContain('closed redis');
    expect(output).toContain('close failed');
  });

  test.each(['rejecting', 'throwing'])(
    'a fault that nobody caught is logged and exits 1 (%s)',
    async (behaviour) => {
      await run(behaviour);
      expect(await exitCode()).toBe(1);
      expect(output).toMatch(/"level":"fatal".*nobody caught this/);
    },
  );

  test('stops in good order when its parent dies', async () => {
    await run('orderly');
    child.disconnect();
    expect(await exitCode()).toBe(0);
    expect(output).toContain('parent process died');
    expect(output).toContain('closed redis');
  });

  test('hands back what it holds although its log cannot be written any more', async () => {
    await run('touching');
    const touched = join(await mkdtemp(join(tmpdir(), 'image-studio-lifecycle-')), 'closed');
    child.send(touched);
    await said('will touch');
    // What a launcher's SIGKILL does: pipes and channel close at once.
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.disconnect();
    expect(await exitCode()).toBe(0);
    expect(existsSync(touched)).toBe(true);
    await rm(dirname(touched), { recursive: true });
  });
});
