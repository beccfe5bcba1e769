import { expect, test } from '@jest/globals';
import { StageError, toFailure } from './stage-error.ts';

test('a failure repeats the sentence of whoever threw it, cut to what a page can show', () => {
  const error = new StageError('SOURCE_TIMEOUT', 'x'.repeat(900), { verdict: 'retry' });
  expect(toFailure(error, 'download')).toEqual({
    code: 'SOURCE_TIMEOUT',
    message: 'x'.repeat(500),
    stage: 'download',
    retryable: true,
  });
});

test('a failure repeats no script that Redis could not run', () => {
  const words =
    "ERR value is not an integer or out of range script: 8f3, on @user_script:41: redis.call('HINCRBY', b)";
  const error = Object.assign(new Error(words), { name: 'ReplyError' });
  expect(toFailure(error, 'generate')).toMatchObject({
    code: 'INTERNAL',
    message: 'the batch store did not take a step of this work',
    retryable: true,
  });
});
