import { StageError } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import { fileFailure } from './file-failure.ts';

test.each([
  ['ENOSPC', 'the disk is full (ENOSPC)'],
  ['EDQUOT', 'the disk quota is used up (EDQUOT)'],
  ['EROFS', 'the file system is read-only (EROFS)'],
  ['EACCES', 'this process has no permission (EACCES)'],
])('%s is told as "%s", with the folder', (code, reason) => {
  const failure = fileFailure(Object.assign(new Error('raw'), { code }), 'write a', '/data/files');
  expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', verdict: 'retry' });
  expect(failure.message).toBe(`cannot write a in folder /data/files: ${reason}`);
});

test('what nobody foresaw is told in its own words', () => {
  expect(fileFailure(new Error('raw words'), 'write a', '/data').message).toContain('raw words');
});

test('a verdict that was already given stays', () => {
  const given = new StageError('STORE_UNAVAILABLE', 'too large', { verdict: 'fail' });
  expect(fileFailure(given, 'write a', '/data')).toBe(given);
});
