import { MAX_SKUS_PER_BATCH, say } from '@image-studio/contract';
import { ProblemError } from '../http/problem-error.ts';

/** Throws 422 when a submission holds more SKUs than a batch may. */
export function refuseTooMany(count: number): void {
  if (count <= MAX_SKUS_PER_BATCH) return;
  throw new ProblemError(
    422,
    'TOO_MANY_SKUS',
    `A batch may hold ${MAX_SKUS_PER_BATCH} SKUs, this one holds ${count}; submit several batches instead.`,
    { errors: [{ path: 'skus', ...say`holds ${count}, the limit is ${MAX_SKUS_PER_BATCH}` }] },
  );
}
