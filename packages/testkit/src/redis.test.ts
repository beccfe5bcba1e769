import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startTestRedis, type TestRedis } from './redis.ts';

describe('startTestRedis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis({ appendOnly: true });
  });
  afterAll(() => server.stop());

  async function withClient<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(server.url, { retryStrategy: () => null });
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  test('is a real Redis that never evicts and listens on loopback only', async () => {
    const settings = await withClient((client) =>
      Promise.all([client.config('GET', 'maxmemory-policy'), client.config('GET', 'bind')]),
    );
    expect(settings).toEqual([
      ['maxmemory-policy', 'noeviction'],
      ['bind', '127.0.0.1'],
    ]);
  });

  test('keeps its data when it is killed and restarted on the same port', async () => {
    await withClient((client) => client.set('photo', 'kept'));
    // appendfsync everysec writes at once and only the flush to the disk waits, so a kill of the process loses nothing
    await server.kill('SIGKILL');
    const before = server.pid;
    await server.restart();
    expect(server.pid).not.toBe(before);
    expect(await withClient((client) => client.get('photo'))).toBe('kept');
  });

  test('leaves neither a process nor a folder behind', async () => {
    const other = await startTestRedis();
    const client = new Redis(other.url);
    const [, dir] = (await client.config('GET', 'dir')) as [string, string];
    client.disconnect();
    await other.stop();
    await other.stop();
    expect(() => process.kill(other.pid, 0)).toThrow('ESRCH');
    expect(existsSync(dir)).toBe(false);
  });
});
