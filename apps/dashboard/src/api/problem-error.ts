import type { Problem } from '@image-studio/contract';

/** An answer of the API that is not a success, or no answer at all (`status` 0). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.detail ?? problem.title, options);
    this.problem = problem;
  }
}
