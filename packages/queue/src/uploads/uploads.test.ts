import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type QueueFixture, startQueueFixture } from '../testing/queue-fixture.ts';

const DAY_MS = 86_400_000;

let studio: QueueFixture;
beforeAll(async () => {
  studio = await startQueueFixture();
});
afterAll(() => studio.close());

const upload = (digit: string, bytes: number, at = Date.now()) => ({
  sha256: digit.repeat(64),
  bytes,
  width: 4,
  height: 3,
  at,
});

test('an upload is counted once, for its tenant, until it is forgotten', async () => {
  const { api } = studio;
  const [a, b] = [upload('a', 100), upload('b', 30)];
  for (const one of [a, b, a]) await api.noteUpload('acme', one);
  expect(await api.uploadedBytes('acme')).toBe(130);
  expect(await api.uploadedBytes('beta')).toBe(0);
  expect(await api.findUploads('acme', [b.sha256, '0'.repeat(64), a.sha256])).toEqual([b, null, a]);
  expect(await api.findUploads('beta', [a.sha256])).toEqual([null]);
  for (let time = 0; time < 2; time += 1) await api.forgetUpload('acme', a.sha256);
  expect(await api.uploadedBytes('acme')).toBe(30);
  expect(await api.findUploads('acme', [])).toEqual([]);
});

test('old uploads are dropped, of every tenant, and those that came again stay', async () => {
  const { api } = studio;
  const worker = await studio.startWorker({});
  const now = Date.now();
  await api.noteUpload('beta', upload('c', 10, now - 40 * DAY_MS));
  await api.noteUpload('gamma', upload('d', 20, now - 40 * DAY_MS));
  await api.noteUpload('gamma', upload('e', 5, now - 40 * DAY_MS));
  await api.noteUpload('gamma', upload('e', 5, now));
  const dropped: string[] = [];
  const count = await worker.expireUploads(now - 30 * DAY_MS, async (tenant, { sha256 }) => {
    dropped.push(`${tenant} ${sha256[0]}`);
  });
  expect(count).toBe(2);
  expect(dropped.sort()).toEqual(['beta c', 'gamma d']);
  expect(await api.uploadedBytes('gamma')).toBe(5);
  expect(await api.uploadedBytes('beta')).toBe(0);
});
