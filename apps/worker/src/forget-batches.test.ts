import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { forgetBatches } from './forget-batches.ts';

const log = { info() {}, warn() {} };

test('one process of the fleet forgets old batches, and none does where they are kept for good', async () => {
  const forgotten: number[] = [];
  const turns: string[] = [];
  const studio = {
    isConnected: () => true,
    async takeTurn(what: string) {
      turns.push(what);
      return turns.length === 1;
    },
    async expireBatches(days: number) {
      forgotten.push(days);
      return 1;
    },
  };
  const stops = [90, 90, 0].map((days) => forgetBatches({ days, studio, log, firstLookMs: 0 }));
  await eventually(() => expect(turns).toHaveLength(2));
  for (const stop of stops) await stop();
  expect(forgotten).toEqual([90]);
});
