import { expect, test } from '@jest/globals';
import { batchStanding } from './batch-standing.ts';

const none = { messages: [], pausedUntil: null };
const wrongKey = { messages: [{ code: 'MODEL_MISCONFIGURED', message: '', at: '' }], pausedUntil: null };

test.each([
  ['running', none, 2, 'running'],
  ['running', null, null, 'running'],
  ['running', wrongKey, 2, 'aiPaused'],
  ['queued', { ...none, pausedUntil: '2026-11-28T10:00:00Z' }, 2, 'aiPaused'],
  ['running', none, 0, 'noWorkers'],
  ['paused', wrongKey, 0, 'paused'],
  ['completed', wrongKey, 0, 'completed'],
] as const)('a %s batch with %j and %j workers is %s', (status, quota, workers, standing) => {
  expect(batchStanding({ status }, quota as never, workers)).toBe(standing);
});
