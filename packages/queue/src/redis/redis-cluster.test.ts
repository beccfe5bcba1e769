import { eventually, freePort, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStudioApi } from '../create-studio-api.ts';
import { createStudioWorker } from '../create-studio-worker.ts';
import { connectPatient, disconnect } from './connect.ts';
import { UnsupportedRedis } from './unsupported-redis.ts';

const PRIMARIES = 3;
const SLOTS = 16_384;
const log = { info() {}, warn() {} };
let nodes: TestRedis[] = [];

/** Three primaries that share the slots. */
beforeAll(async () => {
  nodes = await Promise.all(
    Array.from({ length: PRIMARIES }, async () =>
      startTestRedis({ settings: { 'cluster-enabled': 'yes', 'cluster-port': String(await freePort()) } }),
    ),
  );
  const admins = nodes.map(({ url }) => connectPatient(url));
  for (const [at, admin] of admins.entries()) {
    const from = Math.floor((at * SLOTS) / PRIMARIES);
    const to = Math.floor(((at + 1) * SLOTS) / PRIMARIES);
    await admin.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
    const { port = 0 } = nodes[0] ?? {};
    const bus = /@(\d+)/.exec(String(await admins[0]?.cluster('NODES')))?.[1] ?? '';
    if (at > 0) await admin.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  }
  for (const admin of admins) {
    await eventually(async () => expect(await admin.cluster('INFO')).toContain('cluster_state:ok'), {
      timeoutMs: 30_000,
    });
    await disconnect(admin);
  }
});
afterAll(() => Promise.all(nodes.map((node) => node.stop())));

const config = () => ({
  redisUrl: nodes[1]?.url ?? '',
  prefix: '{studio}',
  quota: { model: 'm', callsPerMinute: 6000 },
  log,
});

test('an API on a cluster says that it cannot work there, and closes', async () => {
  const refusals: Error[] = [];
  const api = createStudioApi({ ...config(), onUnsupported: (error) => void refusals.push(error) });
  await eventually(() => expect(refusals).toEqual([expect.any(UnsupportedRedis)]));
  await expect(api.queueCounts()).rejects.toThrow('Redis');
  await api.close();
});

test('a worker on a cluster says that it cannot work there, and closes', async () => {
  const worker = createStudioWorker({
    ...config(),
    version: '0',
    callTimeoutMs: 1000,
    skuConcurrency: 1,
    aiConcurrency: 1,
    jobLockMs: 3000,
  });
  await expect(worker.reachRedis()).rejects.toThrow(
    /^leads to a node of a Redis Cluster, which is not supported/,
  );
  await worker.close(2000);
});
