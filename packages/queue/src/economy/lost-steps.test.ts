import { expect, test } from '@jest/globals';
import { openEconomyLane } from '../testing/economy-lane.ts';
import { PRICE } from '../testing/queue-fixture.ts';

const STEPS = [
  'upload',
  'uploaded',
  'create',
  'created',
  'read',
  'store',
  'recorded',
  'settled',
  'collected',
];

/** Nobody dies here: longer than so many lanes hold one event loop on a busy machine. */
const LOCK_MS = 10_000;

// Each waits for most of its time, so they wait together.
test.concurrent.each(STEPS)(
  'the economy lane goes on from what Redis knows when all else was lost at: %s',
  async (step) => {
    const { studio, interactive, ...lane } = await openEconomyLane({}, undefined, LOCK_MS);
    try {
      let isLost = false;
      lane.behave({
        at(now) {
          if (now !== step || isLost) return;
          isLost = true;
          throw new Error('nobody knows any more');
        },
      });
      await lane.startWorker();
      const { id } = await lane.submit(6, 400);
      await lane.hasEnded(id);
      expect(isLost).toBe(true);
      expect([lane.createdTwice(), lane.paidTwice(), interactive.size]).toEqual([0, [], 0]);
      expect((await lane.batchOf(id)).costUsd).toBeCloseTo((6 * PRICE) / 2);
    } finally {
      await studio.close();
    }
  },
);
