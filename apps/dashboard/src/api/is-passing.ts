import type { ProblemError } from './problem-error.ts';

/** The server is away or busy, rather than of the opinion that there is nothing for us. */
export function isPassing({ problem: { status } }: ProblemError): boolean {
  return status === 0 || status === 429 || status >= 500;
}
