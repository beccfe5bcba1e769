import { type BatchOptions, say } from '@image-studio/contract';
import type { ModelTraits } from '@image-studio/planning';
import { createFaultList } from './fault-list.ts';

/** Hours from a submission to its deadline, at least: provider batches take their time. */
const LEAST_HOURS = 2;

/**
 * Throws 422 for a lane that the batch cannot have: its model makes no batches of calls, its deadline is too near, or it bounds calls
 * in flight, of which this lane has none.
 */
export function checkLane(
  { lane, deadline, concurrency }: BatchOptions,
  { defaultModel, batchPriceFactor }: Pick<ModelTraits, 'defaultModel' | 'batchPriceFactor'>,
  hourMs: number,
): void {
  const faults = createFaultList();
  if (lane !== 'economy') {
    if (deadline !== undefined) faults.add({ path: 'deadline', ...say`is of the economy lane only` });
    faults.throwIfAny();
    return;
  }
  if (batchPriceFactor === undefined) {
    const said = say`cannot be economy: the provider of ${defaultModel} makes no batches of calls at a lower price`;
    faults.add({ path: 'lane', ...said });
  }
  if (deadline !== undefined && Date.parse(deadline) < Date.now() + LEAST_HOURS * hourMs)
    faults.add({ path: 'deadline', ...say`has to be at least ${LEAST_HOURS} hours from now` });
  if (concurrency !== undefined)
    faults.add({
      path: 'concurrency',
      ...say`does not go with the economy lane, which makes calls in batches`,
    });
  faults.throwIfAny();
}
