import { type BatchOptions, type BatchPlan, say } from '@image-studio/contract';
import { createFaultList } from './fault-list.ts';

/** Throws 422 unless the models of `compare` are different ones, and have a sample to be compared by; `planOf` refuses unknown names. */
export function refuseUncomparable(
  options: BatchOptions,
  planOf: (options: BatchOptions) => BatchPlan,
  skus: number,
): void {
  const { compare, models: fallbacks, sample } = options;
  if (compare === undefined) return;
  const faults = createFaultList();
  if (fallbacks !== undefined)
    faults.add({ path: 'compare', ...say`cannot stand beside models: it has models of its own` });
  const names = compare.map((model) => planOf({ ...options, model }).model);
  if (new Set(names).size < names.length)
    faults.add({ path: 'compare', ...say`names one model twice: its pictures would be the same` });
  if (sample === undefined || sample >= skus)
    faults.add({ path: 'compare', ...say`needs a sample that is smaller than the batch` });
  faults.throwIfAny();
}
