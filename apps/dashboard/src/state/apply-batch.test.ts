import { expect, test } from '@jest/globals';
import { applyBatch } from './apply-batch.ts';
import { sampleBatch } from './sample-batch.ts';
import { startBatch } from './start-batch.ts';

test('takes a batch that is as new as what is shown, and refuses an older one', () => {
  const state = startBatch(sampleBatch({ seq: 5 }), {}, 0);
  expect(applyBatch(state, sampleBatch({ seq: 5, status: 'paused' }), 1).batch.status).toBe('paused');
  expect(applyBatch(state, sampleBatch({ seq: 4, status: 'paused' }), 1)).toBe(state);
});

test('does not skip SKU changes that are still to come', () => {
  const state = startBatch(sampleBatch({ seq: 5 }), {}, 0);
  expect(applyBatch(state, sampleBatch({ seq: 9 }), 1).seq).toBe(5);
});
