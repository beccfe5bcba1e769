import type { Upload } from '@image-studio/queue';
import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { clearWorkingAreas } from './clear-working-areas.ts';

const log = { info() {}, warn() {} };

test('one process of the fleet clears the working areas, each by its own age, and none that is kept for good', async () => {
  const cleared: [string, number][] = [];
  const leases: string[] = [];
  const fleet = {
    isConnected: () => true,
    async acquireLease(what: string) {
      leases.push(what);
      return leases.length === 1;
    },
    async expireUploads(before: number, drop: (tenant: string, upload: Upload) => Promise<void>) {
      cleared.push(['uploads', Math.round((Date.now() - before) / 86_400_000)]);
      await drop('acme', { sha256: 'ab', bytes: 1, width: 1, height: 1, at: 0 });
      return 1;
    },
  };
  const store = {
    async expire(area: string, before: Date) {
      cleared.push([area, Math.round((Date.now() - before.getTime()) / 86_400_000)]);
      return 1;
    },
    async delete(key: string) {
      cleared.push([key, 0]);
    },
  };
  const deps = { fleet, store, log, firstLookMs: 0 };
  const stops = [
    clearWorkingAreas({ ...deps, keepDays: { inputs: 7, answers: 31, uploads: 30 } }),
    clearWorkingAreas({ ...deps, keepDays: { inputs: 0, answers: 31, uploads: 0 } }),
  ];
  await eventually(() => expect(leases).toHaveLength(2));
  for (const stop of stops) await stop();
  expect(cleared).toEqual([
    ['uploads', 30],
    ['photos/acme~ab', 0],
    ['inputs', 7],
    ['ai', 31],
    ['pulls', 180],
    ['photos', 32],
  ]);
});
