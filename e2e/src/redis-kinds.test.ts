import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventually, startTestRedis } from '@image-studio/testkit';
import { startProcess } from '@image-studio/testkit/deployment';
import { describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openWorld } from './world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PASSWORD = 'of-few-rights';

describe('a Redis user with the rights that are documented', () => {
  test('runs a whole batch over REST: submit, pause, resume, review, cancel, retry, delete', async () => {
    const rules =
      /^ACL SETUSER studio (.*)$/m.exec(await readFile(`${ROOT}/docs/operations.md`, 'utf8'))?.[1] ?? '';
    expect(rules).toContain('~studio:*');
    let admin: Redis | undefined;
    const world = await openWorld({
      workers: 1,
      redis: async ({ url }) => {
        admin = new Redis(url);
        await admin.acl('SETUSER', 'studio', ...rules.replace('PASSWORD', PASSWORD).split(' '));
        return { REDIS_URL: url.replace('redis://', `redis://studio:${PASSWORD}@`) };
      },
    });
    try {
      const control = async (path: string, body?: unknown) => {
        const answer = await world.studio.post(`/api/v1/batches/${path}`, body);
        await answer.text();
        expect(answer.status).toBeLessThan(300);
      };
      const { id } = await world.submit(await world.skus(6), { concurrency: 2, budgetUsd: 9 });
      await control(`${id}/pause`);
      await control(`${id}/resume`);
      expect((await world.ended(id)).counts).toMatchObject({ completed: 6 });
      await control(`${id}/review`, { decision: 'regenerate', skus: ['S0'] });
      expect((await world.ended(id)).counts).toMatchObject({ completed: 6 });
      await control(`${id}/review`, { decision: 'reject', skus: ['S1'] });
      const second = await world.submit(await world.skus(6, 6));
      await control(`${second.id}/cancel`);
      await control(`${second.id}/retry`, {});
      await world.ended(second.id);
      const { studio } = world;
      const read = async (path: string) => {
        const answer = await studio.get(path);
        await answer.text();
        return answer.status;
      };
      for (const path of [
        'fleet',
        'quota',
        'workers',
        `batches/${id}/summary`,
        `batches/${id}/manifest.json`,
      ]) {
        expect(await read(`/api/v1/${path}`)).toBe(200);
      }
      expect(await read('/metrics')).toBe(200);
      const gone = await fetch(`${studio.url}/api/v1/batches/${id}`, { method: 'DELETE' });
      expect(gone.status).toBe(204);
      expect(await admin?.acl('LOG')).toEqual([]);
      // It wants CLIENT LIST, to name the workers, and goes without.
      expect(await read('/admin/queues/api/queues?activeQueue=sku&status=completed')).toBe(200);
    } finally {
      admin?.disconnect();
      await world.close();
    }
  });
});

describe('a node of a Redis Cluster', () => {
  test.each(['api', 'worker'])('ends the %s with 78 and a sentence', async (app) => {
    const node = await startTestRedis({ settings: { 'cluster-enabled': 'yes', 'cluster-port': '0' } });
    const running = startProcess(`${ROOT}/apps/${app}/dist/main.js`, {
      PATH: process.env.PATH ?? '',
      REDIS_URL: node.url,
      STUDIO_DATA_DIR: `${node.dir}/data`,
      PORT: '0',
      OPS_PORT: '0',
    });
    await eventually(() => expect(running.child.exitCode).toBe(78), { timeoutMs: 60_000 });
    expect(running.output()).toContain(
      'The configuration is wrong:\n  REDIS_URL leads to a node of a Redis Cluster, which is not supported',
    );
    await node.stop();
  });
});
