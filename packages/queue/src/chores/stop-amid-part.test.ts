import { eventually } from '@image-studio/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { picturesOf } from '../audits/audit-picture.ts';
import { newAuditId } from '../audits/audit-store.ts';
import { connectPatient, disconnect, type Redis } from '../redis/connect.ts';
import { type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

let studio: QueueFixture;
let redis: Redis;

beforeEach(async () => {
  studio = await startQueueFixture();
  redis = connectPatient(studio.redis.url);
});
afterEach(async () => {
  await disconnect(redis);
  await studio.close();
});

const connections = async () => ((await redis.client('LIST')) as string).trim().split('\n').length;

test('a worker that cannot end a part in its time leaves no connection open', async () => {
  const before = await connections();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isAtWork = false;
  const worker = await studio.startWorker({
    chores: {
      remark: async () => ({ next: 'done' }),
      async audit() {
        isAtWork = true;
        await held;
        return { next: 'done' };
      },
    },
  });
  const skus = [{ sku: 'a', images: [{ url: 'https://x.example/a.jpg' }] }];
  await studio.api.createAudit({
    ...{ id: newAuditId(), tenant: 'default', name: null, profiles: ['amazon'], dialect: 'json' },
    ...{ skus, columns: [], warnings: [], pictures: picturesOf(skus, () => true) },
  });
  await eventually(async () => expect(isAtWork).toBe(true), { timeoutMs: 10_000 });
  try {
    await worker.close(2500);
    await eventually(async () => expect(await connections()).toBe(before), { timeoutMs: 3000 });
  } finally {
    release();
  }
});
