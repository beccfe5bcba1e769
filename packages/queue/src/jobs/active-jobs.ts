import type { Stage } from '@image-studio/contract';
import type { WorkerDeps } from './worker-options.ts';

/** A job that this process works on. */
export interface ActiveJob {
  batchId: string;
  run: number;
  kind: 'sku' | 'ai';
  jobId: string;
  /** Of its lock. */
  token: string;
  /** Of an AI call of another pool than the default one. */
  pool?: string;
  callKey?: string;
  /** Of a SKU: what is done for it. */
  stage?: Stage;
}

/** Which jobs this process works on: for aborts, for signs of life, and for the locks after an outage of Redis. */
export interface ActiveJobs extends Pick<WorkerDeps, 'track' | 'atStage'> {
  all(): ActiveJob[];
  counts(): { skus: number; calls: number };
  /** How many of them are in each stage; a call is a picture being generated. */
  stages(): Partial<Record<Stage, number>>;
}

export function createActiveJobs(): ActiveJobs {
  const active = new Map<string, ActiveJob>();
  const all = () => [...active.values()];
  return {
    all,
    track({ batchId, run, callKey, pool }, kind, jobId, token = '') {
      const id = `${kind}:${pool ?? ''}:${jobId}`;
      active.set(id, {
        batchId,
        run,
        kind,
        jobId,
        token,
        ...(callKey && { callKey }),
        ...(pool && { pool }),
      });
      return () => active.delete(id);
    },
    atStage(jobId, stage) {
      const job = active.get(`sku::${jobId}`);
      if (job) job.stage = stage;
    },
    counts() {
      const skus = all().filter(({ kind }) => kind === 'sku').length;
      return { skus, calls: active.size - skus };
    },
    stages() {
      const stages: Partial<Record<Stage, number>> = {};
      for (const { kind, stage = 'download' } of active.values()) {
        const now = kind === 'ai' ? 'generate' : stage;
        stages[now] = (stages[now] ?? 0) + 1;
      }
      return stages;
    },
  };
}
