import type { BatchFinished, MissedEvent } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import { applyToList } from './apply-to-list.ts';
import { sampleBatch, sampleProgress } from './sample-batch.ts';

function finished(seq: number): MissedEvent {
  const counts = { total: 3, waiting: 0, active: 0, completed: 3, failed: 0, cancelled: 0, needsReview: 0 };
  const event: BatchFinished = {
    ...sampleProgress(seq, { counts, costUsd: 0.12, status: 'completed' }),
    type: 'finished',
    finishedAt: '2026-11-22T10:05:00.000Z',
  };
  return { event: 'batch:finished', ...event };
}

test('changes the one batch that the event is about', () => {
  const other = sampleBatch({ id: 'b2' });
  const [first, second] = applyToList([sampleBatch({ seq: 4 }), other], finished(5));
  expect(first).toMatchObject({ status: 'completed', costUsd: 0.12, seq: 5 });
  expect(second).toBe(other);
});

test('ignores what is older than the row', () => {
  const row = sampleBatch({ seq: 9 });
  expect(applyToList([row], finished(5))[0]).toBe(row);
});
