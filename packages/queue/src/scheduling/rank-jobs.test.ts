import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueue } from '../jobs/queues.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { keysOf } from '../redis/keys.ts';
import { rankReadyCalls, UNRANKED } from './rank-jobs.ts';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectPatient(server.url);
});
afterAll(async () => {
  await disconnect(redis);
  await server.stop();
});

test('places are what BullMQ calls priorities: it reads them, and changes them beside ours', async () => {
  const queue = openQueue('ai', redis, 'test');
  const keys = keysOf('test');
  for (const id of ['ba', 'bb']) {
    await redis.hset(keys.batch(id), {
      tenant: 't',
      waiting: 500,
      active: 0,
      total: 500,
      imagesExpected: 500,
    });
    for (const index of [0, 1, 2]) {
      await queue.add('call', {}, { jobId: `${id}_${index}_1`, priority: UNRANKED });
    }
  }
  await rankReadyCalls({ redis, keys });
  const order = async () => (await queue.getPrioritized()).map(({ id }) => id);
  expect((await order()).map((id) => id?.slice(3))).toEqual(['0_1', '0_1', '1_1', '1_1', '2_1', '2_1']);
  expect((await queue.getPrioritized()).map(({ priority }) => priority)).toEqual([1, 2, 3, 4, 5, 6]);
  await redis.sadd(`${keys.batch('bb')}:awaited`, '2');
  await rankReadyCalls({ redis, keys });
  expect((await order()).filter((id) => id?.startsWith('bb'))).toEqual(['bb_2_1', 'bb_0_1', 'bb_1_1']);
  await redis.del(`${keys.batch('bb')}:awaited`);
  const [first] = await queue.getPrioritized();
  await first?.changePriority({ priority: 4 });
  expect((await order()).indexOf(first?.id)).toBe(3);
  await queue.close();
});

test('SKUs that have begun come before later ones, in a batch on its own and beside others', async () => {
  const queue = openQueue('ai', redis, 'order');
  const keys = keysOf('order');
  const order = async () => (await queue.getPrioritized()).map(({ id }) => id);
  const add = (id: string) => queue.add('call', {}, { jobId: id, priority: UNRANKED });
  for (const id of ['ba', 'bb']) {
    await redis.hset(keys.batch(id), {
      tenant: 't',
      waiting: 500,
      active: 0,
      total: 500,
      imagesExpected: 500,
    });
  }
  for (const id of ['ba_2_1', 'ba_10_1', 'ba_4_1', 'ba_2_1_again', 'ba_0_1_again']) await add(id);
  await rankReadyCalls({ redis, keys });
  const alone = ['ba_0_1_again', 'ba_2_1', 'ba_2_1_again', 'ba_4_1', 'ba_10_1'];
  expect(await order()).toEqual(alone);
  for (const id of ['bb_7_1', 'bb_9_1', 'bb_1_1_again']) await add(id);
  await redis.sadd(`${keys.batch('ba')}:awaited`, '10');
  await rankReadyCalls({ redis, keys });
  const [own, others] = ['ba', 'bb'].map(
    (batch) => async () => (await order()).filter((id) => id?.startsWith(batch)),
  );
  expect(await own?.()).toEqual(['ba_10_1', ...alone.slice(0, -1)]);
  expect(await others?.()).toEqual(['bb_1_1_again', 'bb_7_1', 'bb_9_1']);
  expect((await order()).slice(0, 6).filter((id) => id?.startsWith('bb'))).toHaveLength(3);
  await queue.close();
});
