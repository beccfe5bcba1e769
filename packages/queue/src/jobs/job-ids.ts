/**
 * Ids of jobs are derived, never invented, so that adding a job twice is adding it once. BullMQ forbids `:` and ids
 * that are whole numbers; SKU codes may be any text, so a SKU appears by its index in the batch.
 */
export function skuJobId(batchId: string, index: number, run: number): string {
  return `${batchId}_${index}_${run}`;
}

/** One AI call of a SKU's run. 16 hex digits of the call key tell a SKU's few calls apart. */
export function aiJobId(parentJobId: string, callKey: string): string {
  return `${parentJobId}_${callKey.slice(0, 16)}`;
}

/** The batch a job of either queue belongs to, or `null` for a job that is not ours. */
export function batchIdOfJob(jobId: string): string | null {
  const match = /^(b[0-9a-z]+)_\d+_\d+(?:_[0-9a-f]{16})?$/.exec(jobId);
  return match?.[1] ?? null;
}

/** What a SKU's job is about, or `null` for any other job. */
export function skuOfJob(jobId: string): { batchId: string; index: number; run: number } | null {
  const match = /^(b[0-9a-z]+)_(\d+)_(\d+)$/.exec(jobId);
  return match && { batchId: match[1] ?? '', index: Number(match[2]), run: Number(match[3]) };
}

/** The run that a job of either queue belongs to; `null` for a job that is not ours. */
export function runOfJob(jobId: string): number | null {
  const match = /^b[0-9a-z]+_\d+_(\d+)(?:_[0-9a-f]{16})?$/.exec(jobId);
  return match && Number(match[1]);
}
