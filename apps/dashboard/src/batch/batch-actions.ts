import type { BatchView, SampleChange } from '@image-studio/contract';
import type { StudioClient } from '../api/studio-client.ts';
import type { BatchSession } from './batch-session.ts';

/** Which failed SKUs are tried again: all, those of a reason, or those named. */
export type RetryTarget = { reason?: string; skus?: string[] };

/** What a retry would cost. */
export interface RetryPlan {
  wouldRetry: number;
  /** Of them, those whose photo was at fault. Servers of before did not say. */
  unlikely?: number;
  calls: number;
  costUsd: { low: number; high: number };
}

/** What a person can do to the batch; each is in effect when it resolves, and rejects with `ProblemError`. */
export interface BatchActions {
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
  cancel(): Promise<unknown>;
  retry(target: RetryTarget): Promise<unknown>;
  planRetry(target: RetryTarget): Promise<RetryPlan>;
  setBudget(usd: number | null): Promise<unknown>;
  /** Makes a batch that waits with its sample otherwise. */
  changeSample(change: SampleChange): Promise<unknown>;
  rename(name: string): Promise<unknown>;
  /** Forgets a batch that has ended. */
  remove(): Promise<unknown>;
}

export function createBatchActions(session: BatchSession, client: StudioClient): BatchActions {
  const control = (verb: string, body?: unknown) => (path: string) =>
    client.post<BatchView>(`${path}/${verb}`, body);
  return {
    pause: () => session.act(control('pause')),
    resume: () => session.act(control('resume')),
    cancel: () => session.act(control('cancel')),
    retry: (target) => session.act(control('retry', target)),
    planRetry: (target) => client.post<RetryPlan>(`${session.path}/retry`, { ...target, dryRun: true }),
    rename: (name) => session.act((path) => client.patch<BatchView>(path, { name })),
    changeSample: (change) => session.act((path) => client.patch<unknown>(`${path}/sample`, change)),
    remove: () => client.delete(session.path),
    setBudget: (budgetUsd) => session.act((path) => client.patch<BatchView>(path, { budgetUsd })),
  };
}
