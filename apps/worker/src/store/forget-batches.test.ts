import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { forgetBatches } from './forget-batches.ts';

const log = { info() {}, warn() {} };

test('one process of the fleet forgets old batches with the tables that they were submitted as, and none does where they are kept for good', async () => {
  const forgotten: number[] = [];
  const leases: string[] = [];
  const fleet = {
    isConnected: () => true,
    async acquireLease(what: string) {
      leases.push(what);
      return leases.length === 1;
    },
    async expireBatches(days: number) {
      forgotten.push(days);
      return ['b1'];
    },
    async expireAudits() {
      return [{ id: 'a1', examples: [3] }];
    },
  };
  const deleted: string[] = [];
  const store = {
    async delete(key: string) {
      deleted.push(key);
    },
  };
  const stops = [90, 90, 0].map((days) => forgetBatches({ days, fleet, store, log, firstLookMs: 0 }));
  await eventually(() => expect(leases).toHaveLength(2));
  for (const stop of stops) await stop();
  expect(forgotten).toEqual([90]);
  expect(deleted).toEqual(['tables/b1.jsonl.gz', 'tables/a1.jsonl.gz', 'thumbs/a1-3.webp']);
});
