import { ProblemError } from './problem-error.ts';

/** What a client is told when this process has its hands full: come back in five seconds. */
export function busy(detail: string): ProblemError {
  return new ProblemError(503, 'BUSY', detail, { headers: { 'retry-after': '5' } });
}
