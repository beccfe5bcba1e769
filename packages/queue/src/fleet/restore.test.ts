import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, freePort, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPatient, disconnect } from '../redis/connect.ts';
import { type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

const OPERATIONS = new URL('../../../../docs/operations.md', import.meta.url);
const SKUS = ['a', 'b', 'c'];

let redis: TestRedis;
let backup: string;
let bin: string;
let batchId: string;
/** Saved before anything is restored. */
let saved: { completed: number };

beforeAll(async () => {
  backup = await mkdtemp(join(tmpdir(), 'image-studio-backup-'));
  bin = await mkdtemp(join(tmpdir(), 'image-studio-bin-'));
  redis = await startTestRedis({ appendOnly: true });
  const studio = await startQueueFixture({ redis });
  await studio.startWorker({});
  batchId = (await studio.submit(SKUS)).id;
  saved = { completed: (await ended(studio)).completed };
  await studio.close();
  await run('A snapshot', redis.port, redis.dir);
  await run('The append-only file', redis.port, redis.dir);
});
afterAll(async () => {
  await redis?.stop();
  for (const folder of [backup, bin]) await rm(folder, { recursive: true, force: true });
});

async function ended({ api }: QueueFixture, id = batchId) {
  return eventually(
    async () => {
      const batch = await api.batch(id);
      if (!batch?.finishedAt) throw new Error(JSON.stringify(batch));
      return batch.counts;
    },
    { timeoutMs: 30_000 },
  );
}

/** Runs the commands below this heading of docs/operations.md, word for word, on another port than the usual one. */
async function run(heading: string, port: number, dir: string, after = ''): Promise<void> {
  const text = await readFile(OPERATIONS, 'utf8');
  const from = text.indexOf(after) + after.length;
  const [, commands = ''] = /```sh\n(.*?)```/s.exec(text.slice(text.indexOf(`**${heading}**`, from))) ?? [];
  expect(commands).not.toBe('');
  for (const [name, option] of [
    ['redis-cli', '-p'],
    ['redis-server', '--port'],
  ] as const) {
    const path = join(bin, name);
    // A server takes its options last, a client first.
    const words = name === 'redis-cli' ? `${option} ${port} "$@"` : `"$@" ${option} ${port}`;
    await writeFile(path, `#!/bin/sh\nPATH="${process.env.PATH}" exec ${name} ${words}\n`);
    await chmod(path, 0o755);
  }
  const env = { PATH: `${bin}:${process.env.PATH}`, REDIS_DIR: dir, BACKUP: backup };
  // `redis-cli` comes with Debian's redis-server; without it there is nothing to try.
  await promisify(execFile)('/bin/sh', ['-ec', commands], { env, timeout: 60_000 });
}

/** Opens the studio on a Redis that is started as always, with its append-only file, in this folder. */
async function openOn<T>(dir: string, look: (studio: QueueFixture) => Promise<T>): Promise<T> {
  const server = await startTestRedis({ appendOnly: true, dir });
  const studio = await startQueueFixture({ redis: server });
  try {
    return await look(studio);
  } finally {
    await studio.close();
    await server.stop();
  }
}

const emptyFolder = () => mkdtemp(join(tmpdir(), 'image-studio-restored-'));

describe('the documented commands', () => {
  test.each([
    ['a snapshot', '**A snapshot**'],
    ['the append-only file', '**The append-only file**'],
  ])('bring batches and what was paid for back from %s', async (_what, after) => {
    const dir = await emptyFolder();
    await run('To restore it', await freePort(), dir, after);
    await openOn(dir, async (studio) => {
      expect((await studio.api.batch(batchId))?.counts.completed).toBe(saved.completed);
      expect((await studio.api.skus(batchId, { limit: 10 })).items.map(({ input }) => input.sku)).toEqual(
        SKUS,
      );
      await studio.startWorker({});
      const again = await studio.submit(SKUS);
      expect((await ended(studio, again.id)).completed).toBe(SKUS.length);
      expect((await studio.api.batch(again.id))?.calls).toMatchObject({ made: 0, reused: SKUS.length });
    });
  });

  test('are needed: Redis with its append-only file on does not read a snapshot', async () => {
    const dir = await emptyFolder();
    await cp(join(backup, 'dump.rdb'), join(dir, 'dump.rdb'));
    const server = await startTestRedis({ appendOnly: true, dir });
    const connection = connectPatient(server.url);
    expect(await connection.dbsize()).toBe(0);
    await disconnect(connection);
    await server.stop();
  });
});
