import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findRedisServer, REDIS_REMEDIES } from './find-redis-server.ts';
import { freePort } from './free-port.ts';
import { isRedisProcess } from './is-redis-process.ts';
import { askRedisForPid } from './redis-pid.ts';
import { startRedisServer } from './start-redis-server.ts';

const ROOT = new URL('../../../', import.meta.url);
const FIXTURE = new URL('../fixtures/redis-owner.ts', import.meta.url);

describe('startRedisServer', () => {
  let binary: string;
  let dir: string;
  let owner: ChildProcess | undefined;
  beforeAll(async () => {
    binary = await findRedisServer({ autoInstall: false, say: () => {} });
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'image-studio-runtime-'));
  });
  afterEach(async () => {
    owner?.kill('SIGKILL');
    owner = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  /** Another process that starts a Redis in `dir`; killing it must end that Redis. */
  async function startOwner(): Promise<{ pid: number; port: number }> {
    owner = fork(FIXTURE, [binary, dir], {
      execArgv: ['--conditions=source', '--import', new URL('scripts/typescript.mjs', ROOT).href],
    });
    const [started] = await once(owner, 'message');
    return started;
  }

  test('several start at once, each on a port of its own', async () => {
    const servers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        startRedisServer({ binary, dir: join(dir, name), appendOnly: false }),
      ),
    );
    const pids = await Promise.all(servers.map(({ port }) => askRedisForPid(port)));
    expect(pids).toEqual(servers.map(({ pid }) => pid));
    expect(new Set(servers.map(({ port }) => port)).size).toBe(4);
    await Promise.all(servers.map((server) => server.stop()));
  });

  test('dies with the process that started it, even when that is killed', async () => {
    const { pid, port } = await startOwner();
    expect(await askRedisForPid(port)).toBe(pid);
    owner?.kill('SIGKILL');
    while (await isRedisProcess(pid, port)) await delay(20);
    expect(await askRedisForPid(port)).toBeUndefined();
  });

  test('waits until the previous one of its folder is gone, and takes it over', async () => {
    const previous = await startOwner();
    expect(await isRedisProcess(previous.pid, previous.port)).toBe(true);
    owner?.kill('SIGKILL');
    const server = await startRedisServer({ binary, dir, appendOnly: true });
    const isPreviousAlive = await isRedisProcess(previous.pid, previous.port);
    await server.stop();
    expect(isPreviousAlive).toBe(false);
    expect(server.pid).not.toBe(previous.pid);
  });

  test('is not misled by a note of a process that is no Redis', async () => {
    await writeFile(
      join(dir, 'redis-process.json'),
      JSON.stringify({ pid: process.pid, port: await freePort() }),
    );
    const server = await startRedisServer({ binary, dir, appendOnly: false });
    await server.stop();
    expect(server.pid).not.toBe(process.pid);
  });

  test('says so when the port it was told to use is taken', async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(startRedisServer({ binary, dir, port, appendOnly: false })).rejects.toThrow(
      /Redis did not start.*Address already in use/,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('says so when the binary cannot be run', async () => {
    await expect(startRedisServer({ binary: join(dir, 'none'), dir, appendOnly: false })).rejects.toThrow(
      'none could not be run',
    );
  });
});

describe('findRedisServer', () => {
  test('gives the remedies when there is none and nothing may be installed', async () => {
    await expect(
      findRedisServer({ autoInstall: false, say: () => {}, path: '/nonexistent' }),
    ).rejects.toThrow(REDIS_REMEDIES);
  });
});
