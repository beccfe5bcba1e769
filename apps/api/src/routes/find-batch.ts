import type { BatchState, StudioApi } from '@image-studio/queue';
import { ProblemError } from '../http/problem-error.ts';

/** The batch, if it is one of `tenant`; throws the same 404 for another tenant's as for none at all. */
export async function findBatch(
  api: Pick<StudioApi, 'batch'>,
  id: string,
  tenant: string,
): Promise<BatchState> {
  const batch = await api.batch(id, tenant);
  if (batch !== null) return batch;
  throw new ProblemError(404, 'BATCH_NOT_FOUND', 'There is no such batch.');
}
