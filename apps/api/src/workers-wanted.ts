import type { QuotaView, WorkerInfo } from '@image-studio/queue';

/** Work of less than this is not worth a further worker: it takes a while to start. */
const DRAIN_MINUTES = 5;
/** Share of its cores that a worker uses in full work, so that calls are not late. */
const MOST_UTILISATION = 0.8;
/** Of a fleet that has yet to tell: photos of 12 MP on a small machine. */
const UNKNOWN = { cpus: 2, aiConcurrency: 32, cpuMsPerPicture: 600 };

export type Capacity = typeof UNKNOWN;

/**
 * Workers that bring the work that is there to its end as fast as the quota allows, and no more: enough cores for the pictures
 * of a minute, and enough calls on the wire for as long as one takes. 0 without work.
 */
export function workersWanted(
  backlog: number,
  { callsPerMinute, latencyMs }: Pick<QuotaView, 'callsPerMinute' | 'latencyMs'>,
  capacity: Capacity = UNKNOWN,
): number {
  if (backlog === 0) return 0;
  const perSecond = Math.min(callsPerMinute, backlog / DRAIN_MINUTES) / 60;
  const forCores = (perSecond * capacity.cpuMsPerPicture) / 1000 / (capacity.cpus * MOST_UTILISATION);
  const forCalls = (perSecond * (latencyMs?.p50 ?? 0)) / 1000 / capacity.aiConcurrency;
  return Math.max(1, Math.ceil(forCores), Math.ceil(forCalls));
}

/** Means of what workers say of themselves; `undefined` when none does. Where none has made a picture, a guess. */
export function meanCapacity(workers: Pick<WorkerInfo, 'capacity'>[]): Capacity | undefined {
  const told = workers.flatMap(({ capacity }) => (capacity ? [capacity] : []));
  if (told.length === 0) return undefined;
  const costs = told.flatMap(({ cpuMsPerPicture }) => (cpuMsPerPicture === null ? [] : [cpuMsPerPicture]));
  return {
    cpus: mean(told.map(({ cpus }) => cpus)),
    aiConcurrency: mean(told.map(({ aiConcurrency }) => aiConcurrency)),
    cpuMsPerPicture: costs.length === 0 ? UNKNOWN.cpuMsPerPicture : mean(costs),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What several pools of calls ask of the workers together: all their calls, each as long as the slowest takes. */
export function togetherOf(
  pools: readonly Pick<QuotaView, 'callsPerMinute' | 'latencyMs'>[],
): Pick<QuotaView, 'callsPerMinute' | 'latencyMs'> {
  const times = pools.flatMap(({ latencyMs }) => latencyMs ?? []);
  const longest = (of: 'p50' | 'p90') => Math.max(...times.map((time) => time[of]));
  return {
    callsPerMinute: pools.reduce((sum, { callsPerMinute }) => sum + callsPerMinute, 0),
    latencyMs: times.length === 0 ? null : { p50: longest('p50'), p90: longest('p90') },
  };
}
