import type { WorkerInfo } from '../fleet/worker-info.ts';

/**
 * Processor time of one picture (ms) where no worker has made one yet. Low: a fast core finishes a model's picture. High: busy
 * cores draw the picture without a model as well: two cores made 1,000 SKUs in 20 minutes.
 */
const UNKNOWN_CPU_MS = { low: 250, high: 2800 };
/** Workers share their cores with the API, Redis and one another, and wait for suppliers. */
const USED_SHARE = { low: 0.4, high: 1 };

type Workers = readonly Pick<WorkerInfo, 'host' | 'capacity'>[];

/** Pictures a minute. */
interface Pace {
  low: number;
  high: number;
}

/** Pictures a minute for which the processors of all hosts suffice: from what workers tell of themselves, or as on other machines. */
export function workersPace(workers: Workers): Pace {
  const perMinute = cpusOf(workers) * 60_000;
  return toldPace(workers) ?? { low: perMinute / UNKNOWN_CPU_MS.high, high: perMinute / UNKNOWN_CPU_MS.low };
}

/** The same, `null` while no worker can tell what a picture costs it. */
export function toldPace(workers: Workers): Pace | null {
  const times = workers.flatMap(({ capacity }) => capacity?.cpuMsPerPicture ?? []);
  if (times.length === 0) return null;
  const perMinute = cpusOf(workers) * 60_000;
  return {
    low: (perMinute * USED_SHARE.low) / Math.max(...times),
    high: (perMinute * USED_SHARE.high) / Math.min(...times),
  };
}

function cpusOf(workers: Workers): number {
  const cpus = new Map(workers.map(({ host, capacity }) => [host, capacity?.cpus ?? 1]));
  return Math.max(
    1,
    [...cpus.values()].reduce((sum, count) => sum + count, 0),
  );
}
