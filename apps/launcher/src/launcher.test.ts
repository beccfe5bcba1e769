import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, freePort } from '@image-studio/runtime';
import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const LOADER = new URL('../../../scripts/typescript.mjs', import.meta.url).href;

/** Three processes compile their sources at start; that takes seconds when the machine is busy. */
const START_TIMEOUT_MS = 60_000;

describe('the launcher', () => {
  let dataDir: string;
  let port: number;
  let launched: ChildProcess[];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'image-studio-launcher-'));
    port = await freePort();
    launched = [];
  });
  afterEach(async () => {
    for (const child of launched) await ended(child, 'SIGKILL');
    await eventually(async () => expect(await familyOf(dataDir)).toEqual([]), { timeoutMs: 20_000 });
    await rm(dataDir, { recursive: true, force: true });
  });

  function launch(...args: string[]): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['--conditions=source', '--import', LOADER, MAIN, ...args], {
      env: { PATH: process.env.PATH, STUDIO_DATA_DIR: dataDir, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    launched.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
    return { child, output: () => text };
  }

  async function running(): Promise<ReturnType<typeof launch>> {
    const launcher = launch('start');
    const isRunning = () => {
      if (launcher.child.exitCode !== null) throw new Error(`ended: ${launcher.output()}`);
      expect(launcher.output()).toContain('Image Studio is running');
    };
    await eventually(isRunning, { timeoutMs: START_TIMEOUT_MS });
    return launcher;
  }

  async function batches(): Promise<{ id: string; name: string; status: string }[]> {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/batches`);
    return ((await response.json()) as { items: { id: string; name: string; status: string }[] }).items;
  }

  test('shows how failures read, stops on one signal, and finds yesterday’s batches again', async () => {
    const first = await running();
    const names = (await batches()).map(({ name }) => name);
    expect(names).toEqual(['Sample catalogue', 'Broken links: how failures read']);
    const [, broken] = await batches();
    const codes = await eventually(
      async () => {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/batches/${broken?.id}/skus`);
        const { items } = (await response.json()) as {
          items: { state: string; failure?: { code: string } }[];
        };
        expect(items.map(({ state }) => state)).toEqual(Array(5).fill('failed'));
        return items.map(({ failure }) => failure?.code);
      },
      { timeoutMs: START_TIMEOUT_MS },
    );
    expect(codes).toEqual([
      'SOURCE_NOT_FOUND',
      'SOURCE_NOT_AN_IMAGE',
      'SOURCE_NOT_AN_IMAGE',
      'SOURCE_UNSUPPORTED',
      'SOURCE_FORBIDDEN_ADDRESS',
    ]);

    const second = launch('start');
    expect(await ended(second.child)).toBe(1);
    expect(second.output()).toContain(`already running on ${dataDir}`);

    expect(await ended(first.child, 'SIGINT')).toBe(0);
    expect(await familyOf(dataDir)).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('studio.pid');

    await running();
    expect((await batches()).map(({ name }) => name)).toEqual(names);
  }, 180_000);

  test('leaves no process behind when it is killed, and starts again on the same folder', async () => {
    const { child } = await running();
    // Launcher, Redis and what watches over it, API, two workers.
    expect(await familyOf(dataDir)).toHaveLength(6);
    await ended(child, 'SIGKILL');
    await eventually(async () => expect(await familyOf(dataDir)).toEqual([]), {
      timeoutMs: START_TIMEOUT_MS,
    });
    await running();
    expect(await batches()).toHaveLength(2);
  }, 180_000);

  test('names a port that is taken, and starts nothing', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const { child, output } = launch('start');
    expect(await ended(child)).toBe(1);
    other.close();
    expect(output()).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program. Choose another one: PORT=${port + 1} npm start\n`,
    );
    expect(await readdir(dataDir)).toEqual([]);
  }, 60_000);
});

/** Exit code, after `signal` when one is given. */
async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    if (signal) child.kill(signal);
    await closed;
  }
  return child.exitCode;
}

/** Command lines of the living processes of this folder: known by their environment, Redis by where it works. */
async function familyOf(dataDir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const isOurs = environment.includes(dataDir) || folder.startsWith(dataDir);
      return isOurs ? commandLine(Number(pid)) : '';
    }),
  );
  return lines.filter((line) => line !== '');
}
