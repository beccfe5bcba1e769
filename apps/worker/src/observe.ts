import type { Logger, Metrics } from '@image-studio/runtime';
import type { CallProcessorDeps } from './call/run-call.ts';
import type { CpuPerPicture } from './cpu-per-picture.ts';
import type { StageObserver } from './sku/sku-progress.ts';

/**
 * Turns what the processors report into log lines and histograms. Totals of calls, pictures and money are counted in
 * Redis, once for the fleet, and exported by the API.
 */
export function createObserver(
  log: Logger,
  metrics: Metrics,
  cost?: Pick<CpuPerPicture, 'countPrepared' | 'countFinished'>,
): StageObserver & CallProcessorDeps['observer'] {
  return {
    stageDone({ batchId, sku, stage, kind, ms, error }) {
      metrics.stageDuration.observe({ stage }, ms / 1000);
      if (stage === 'prepare' && error === undefined) cost?.countPrepared(`${batchId} ${sku}`);
      if (stage === 'upload' && error === undefined) cost?.countFinished();
      if (error === undefined) log.debug({ batchId, sku, stage, kind, ms }, 'stage done');
      else log.info({ batchId, sku, stage, kind, ms, code: error }, 'stage failed');
    },
    callEnded({ role, outcome, ms }) {
      metrics.generationDuration.observe({ mode: role }, ms / 1000);
      metrics.stageDuration.observe({ stage: 'generate' }, ms / 1000);
      if (outcome !== 'ok') log.info({ role, outcome, ms: Math.round(ms) }, 'call without a picture');
    },
  };
}
