import { StageError, say } from '@image-studio/contract';
import { errorCode } from './error-code.ts';
import { errorMessage } from './error-message.ts';

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'this process has no permission',
  EPERM: 'this process has no permission',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands where the object belongs',
  ENOENT: 'the folder is gone',
  ENAMETOOLONG: 'the path is too long for the file system',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports an input/output error',
};

/** What `node:fs` threw, as the store's failure: names the folder and the reason. */
export function fileFailure(error: unknown, action: string, folder: string): StageError {
  if (error instanceof StageError) return error;
  const code = errorCode(error);
  const reason = code in REASONS ? `${REASONS[code]} (${code})` : errorMessage(error);
  return new StageError('STORE_UNAVAILABLE', say`cannot ${action} in folder ${folder}: ${reason}`, {
    verdict: 'retry',
    cause: error,
  });
}
