import { BatchGone } from '@image-studio/queue';
import { expect, test } from '@jest/globals';
import { problemOf } from './problem-of.ts';

test('a batch that is deleted while its pictures are asked for is one that is not there', () => {
  const { problem } = problemOf(new BatchGone('the batch was deleted while it was read'));
  expect(problem).toMatchObject({ status: 404, code: 'BATCH_NOT_FOUND' });
});
