import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { clearWorkingAreas } from './clear-working-areas.ts';

const log = { info() {}, warn() {} };

test('one process of the fleet clears the working areas, each by its own age, and none that is kept for good', async () => {
  const cleared: [string, number][] = [];
  const turns: string[] = [];
  const studio = {
    isConnected: () => true,
    async takeTurn(what: string) {
      turns.push(what);
      return turns.length === 1;
    },
  };
  const store = {
    async expire(area: string, before: Date) {
      cleared.push([area, Math.round((Date.now() - before.getTime()) / 86_400_000)]);
      return 1;
    },
  };
  const deps = { studio, store, log, firstLookMs: 0 };
  const stops = [
    clearWorkingAreas({ ...deps, keepDays: { inputs: 7, answers: 31 } }),
    clearWorkingAreas({ ...deps, keepDays: { inputs: 0, answers: 31 } }),
  ];
  await eventually(() => expect(turns).toHaveLength(2));
  for (const stop of stops) await stop();
  expect(cleared).toEqual([
    ['inputs', 7],
    ['ai', 31],
  ]);
});
