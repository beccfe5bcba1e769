import type { WorkerInfo } from '../fleet/worker-info.ts';

/**
 * Processor time of one picture (ms) where no worker has made one yet. Low: what finishing a model's picture takes on a fast core.
 * High: what drawing it as well takes without a model, on busy ones: two cores made 1,000 SKUs in 20 minutes.
 */
const UNKNOWN_CPU_MS = { low: 250, high: 2800 };
/** Workers share their cores with the API, Redis and one another, and wait for suppliers. */
const USED_SHARE = { low: 0.4, high: 1 };

/** Pictures a minute for which the processors of all hosts suffice, from what workers tell of themselves. */
export function workersPace(workers: readonly Pick<WorkerInfo, 'host' | 'capacity'>[]): {
  low: number;
  high: number;
} {
  const cpus = new Map(workers.map(({ host, capacity }) => [host, capacity?.cpus ?? 1]));
  const times = workers.flatMap(({ capacity }) => capacity?.cpuMsPerPicture ?? []);
  const cpuMs = {
    low: times.length > 0 ? Math.min(...times) : UNKNOWN_CPU_MS.low,
    high: times.length > 0 ? Math.max(...times) : UNKNOWN_CPU_MS.high,
  };
  const all = Math.max(
    1,
    [...cpus.values()].reduce((sum, count) => sum + count, 0),
  );
  const share = times.length > 0 ? USED_SHARE : { low: 1, high: 1 };
  return { low: (all * 60_000 * share.low) / cpuMs.high, high: (all * 60_000 * share.high) / cpuMs.low };
}
