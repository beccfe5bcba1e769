import { expect, test } from '@jest/globals';
import { allowedActions } from './allowed-actions.ts';
import { sampleBatch } from './sample-batch.ts';

test.each([
  ['queued', 0, ['pause', 'cancel']],
  ['running', 0, ['pause', 'cancel']],
  ['running', 2, ['retry', 'pause', 'cancel']],
  ['paused', 0, ['resume', 'cancel']],
  ['completed', 0, []],
  ['completed', 1, ['retry']],
  ['failed', 3, ['retry']],
  ['cancelled', 0, []],
] as const)('a %s batch with %i failed SKUs offers %j', (status, failed, actions) => {
  const { counts } = sampleBatch();
  expect(allowedActions(sampleBatch({ status, counts: { ...counts, failed } }))).toEqual(actions);
});
