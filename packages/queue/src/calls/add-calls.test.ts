import { DEFAULT_POOL, PAYLOAD_VERSION, type SkuJobData } from '@image-studio/contract';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Job, Queue } from 'bullmq';
import { type CallPools, openCallPools } from '../jobs/call-pools.ts';
import { aiJobId, skuJobId } from '../jobs/job-ids.ts';
import { AI_QUEUE, openQueue, SKU_QUEUE } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { type Keys, keysOf } from '../redis/keys.ts';
import { UNRANKED } from '../scheduling/rank-jobs.ts';
import { aCall, keyFor } from '../testing/queue-fixture.ts';
import { type AddCallsDeps, addCalls } from './add-calls.ts';

let server: TestRedis;
let redis: Redis;
let keys: Keys;
let skuQueue: Queue<SkuJobData>;
let aiQueue: Queue;
let pools: CallPools;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

beforeEach(async () => {
  redis = connectPatient(server.url);
  await redis.flushall();
  keys = keysOf('test');
  skuQueue = openQueue(SKU_QUEUE, redis, 'test');
  aiQueue = openQueue(AI_QUEUE, redis, 'test');
  const config = { name: DEFAULT_POOL, quota: { callsPerMinute: 60 } };
  pools = openCallPools({ redis, keys }, [config], () => aiQueue);
});
afterEach(async () => {
  await Promise.all([skuQueue.close(), aiQueue.close()]);
  await disconnect(redis);
});

const call = aCall(keyFor('the same picture'));
const id = (parent: Job) => aiJobId(parent.id ?? '', call.callKey);

async function parentOf(batchId: string): Promise<Job<SkuJobData>> {
  const data = { v: PAYLOAD_VERSION, batchId, index: 0, run: 1 } as const;
  const options = { jobId: skuJobId(batchId, 0, 1), priority: UNRANKED };
  return skuQueue.add('sku', data, options);
}

describe('addCalls', () => {
  test('adds one job for a call, however often it is asked', async () => {
    const deps: AddCallsDeps = { redis, keys, pools };
    const parent = await parentOf('b1');
    expect(await addCalls(deps, parent, [call])).toEqual({ added: 1, inProgressElsewhere: [] });
    expect(await addCalls(deps, parent, [call])).toEqual({ added: 1, inProgressElsewhere: [] });
    expect((await aiQueue.getJobCounts('prioritized')).prioritized).toBe(1);
  });

  test('adds none for a picture that is paid for', async () => {
    await redis.set(keys.ledger(call.callKey), '{}');
    const deps = { redis, keys, pools };
    expect(await addCalls(deps, await parentOf('b1'), [call])).toEqual({ added: 0, inProgressElsewhere: [] });
  });

  test('leaves the picture to the SKU whose job waits', async () => {
    const deps = { redis, keys, pools };
    await addCalls(deps, await parentOf('b1'), [call]);
    expect(await addCalls(deps, await parentOf('b2'), [call])).toEqual({
      added: 0,
      inProgressElsewhere: [call.callKey],
    });
  });

  test('makes one job when many SKUs ask at the very same moment', async () => {
    const deps = { redis, keys, pools };
    const parents = await Promise.all(Array.from({ length: 30 }, (_, n) => parentOf(`b${n}`)));
    const answers = await Promise.all(parents.map((parent) => addCalls(deps, parent, [call])));
    expect(answers.filter(({ added }) => added === 1)).toHaveLength(1);
    expect(answers.filter(({ inProgressElsewhere }) => inProgressElsewhere.length === 1)).toHaveLength(29);
  });

  test('takes the picture over when the job that was to make it is gone', async () => {
    const deps = { redis, keys, pools };
    const [first, second] = [await parentOf('b1'), await parentOf('b2')];
    await addCalls(deps, first, [call]);
    await aiQueue.remove(id(first));
    expect(await addCalls(deps, second, [call])).toEqual({ added: 1, inProgressElsewhere: [] });
    expect(await addCalls(deps, first, [call])).toEqual({ added: 0, inProgressElsewhere: [call.callKey] });
  });

  test('waits no longer than ten seconds for a process that died before it added its job', async () => {
    const [dead, alive] = [await parentOf('b1'), await parentOf('b2')];
    const dying = { getJobState: () => Promise.reject(new Error('died')) };
    const broken = { redis, keys, pools: { of: () => ({ aiQueue: dying }) } };
    await expect(addCalls(broken as unknown as AddCallsDeps, dead, [call])).rejects.toThrow('died');
    const deps = { redis, keys, pools };
    expect(await addCalls(deps, alive, [call])).toEqual({ added: 0, inProgressElsewhere: [call.callKey] });
    expect(await redis.pttl(keys.claim(call.callKey))).toBeLessThanOrEqual(10_000);
    await redis.pexpire(keys.claim(call.callKey), 1);
    while ((await redis.exists(keys.claim(call.callKey))) === 1);
    expect(await addCalls(deps, alive, [call])).toEqual({ added: 1, inProgressElsewhere: [] });
  });
});
