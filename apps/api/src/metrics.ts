import { DEFAULT_POOL, FailureCode } from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';
import { atMostEvery, METRICS_EVERY_MS, type Metrics } from '@image-studio/runtime';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { Gauge } from 'prom-client';
import { type Capacity, meanCapacity, togetherOf, workersWanted } from './workers-wanted.ts';

/** What waits for a worker; a SKU that waits for its AI call is being worked on. */
const WAITING = ['wait', 'prioritized', 'delayed', 'unqueued'];
/** Jobs that have ended, or that nobody lets begin. */
const NOT_OPEN = ['completed', 'failed', 'paused'];

/** A Redis that hangs must not take the scrape along, whose number it is that says so; Prometheus waits for 10 s. */
const PATIENCE_MS = 2500;

type FleetNumbers = Pick<
  StudioApi,
  | 'queueCounts'
  | 'openBatches'
  | 'fleetTotals'
  | 'quota'
  | 'poolNames'
  | 'workers'
  | 'operatorMessages'
  | 'redisCondition'
  | 'ping'
>;

/**
 * `/metrics`: this process, and the numbers of the whole fleet, read from Redis at most once a second, however many
 * scrape. Every replica tells the same fleet numbers, so dashboards take their `max`, not their `sum`. While Redis is away
 * the last ones stay: falling counters would read as restarts. `admit` throws when the reader may not.
 * Without a provider (the local engine) there is no quota that could be idle.
 */
export function exposeMetrics(
  metrics: Metrics,
  api: FleetNumbers,
  admit: (request: Request, response: Response) => void = () => {},
  hasProvider = true,
): RequestHandler {
  const redisUp = new Gauge({
    name: 'image_studio_redis_up',
    help: '1 when Redis answered this scrape',
    registers: [metrics.registry],
  });
  const redisMemory = new Gauge({
    name: 'image_studio_redis_memory_ratio',
    help: 'Memory that Redis uses over what it may use, 0 to 1, as of the last minute',
    registers: [metrics.registry],
  });
  const redisWarnings = new Gauge({
    name: 'image_studio_redis_warning',
    help: '1 while Redis is set up in a way that an operator should change, by the code of the message',
    labelNames: ['code'],
    registers: [metrics.registry],
  });
  const callsPaused = new Gauge({
    name: 'image_studio_ai_calls_paused',
    help: '1 while AI calls wait for an operator, by the code of the message',
    labelNames: ['code', 'pool'],
    registers: [metrics.registry],
  });
  /** As the workers last said: a fleet without any is to be judged by it, too. */
  let capacity: Capacity | undefined;
  async function readRedis(): Promise<void> {
    const workers = await api.workers();
    metrics.workers.set(workers.length);
    capacity = meanCapacity(workers) ?? capacity;
    await readFleet(metrics, api, capacity, hasProvider);
    const messages = await api.operatorMessages();
    callsPaused.reset();
    for (const { code, pool } of messages) callsPaused.set({ code, ...(pool && { pool }) }, 1);
  }
  const readAll = atMostEvery(METRICS_EVERY_MS, async () => {
    const [isUp, isWritable] = await Promise.all([succeeds(readRedis()), succeeds(api.ping())]);
    redisUp.set(isUp ? 1 : 0);
    metrics.redisWritable.set(isWritable ? 1 : 0);
    const { memoryRatio, messages } = api.redisCondition();
    if (memoryRatio === null) redisMemory.remove();
    else redisMemory.set(memoryRatio);
    redisWarnings.reset();
    for (const { code } of messages) redisWarnings.set({ code }, 1);
    return metrics.registry.metrics();
  });
  const router = Router();
  router.get('/metrics', async (request, response) => {
    admit(request, response);
    const text = await readAll();
    response.set({ 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' }).end(text);
  });
  return router;
}

/** Whether it comes to a good end in time. */
async function succeeds(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const ended = work.then(
    () => true,
    () => false,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

async function readFleet(
  metrics: Metrics,
  api: FleetNumbers,
  capacity: Capacity | undefined,
  hasProvider: boolean,
): Promise<void> {
  const [queues, batches, totals, quota, pools] = await Promise.all([
    api.queueCounts(),
    api.openBatches(),
    api.fleetTotals(),
    api.quota(),
    api.poolNames(),
  ]);
  metrics.openBatches.set(batches.count);
  metrics.longestWait.set(batches.longestWaitMs / 1000);
  const further = await Promise.all(
    pools.filter((pool) => pool !== DEFAULT_POOL).map(async (pool) => [pool, await api.quota(pool)] as const),
  );
  const all = [quota, ...further.map(([, own]) => own)];
  metrics.queueJobs.reset();
  let active = 0;
  let waiting = 0;
  for (const [queue, states] of Object.entries(queues)) {
    for (const [state, count] of Object.entries(states)) {
      metrics.queueJobs.set({ queue, state }, count);
      // A message that waits hours for its receiver is no reason to start another worker.
      if (queue === 'webhook') continue;
      if (state === 'active') active += count;
      if (WAITING.includes(state)) waiting += count;
    }
  }
  metrics.activeJobs.set(active);
  metrics.queueSize.set(waiting);
  metrics.workersWanted.set(workersWanted(openSkus(queues), togetherOf(all), capacity));
  metrics.aiQuotaUtilisation.set(quota.utilisation);
  metrics.aiQuota.set({ pool: DEFAULT_POOL }, hasProvider ? quota.callsPerMinute : 0);
  metrics.aiBreakerOpen.set(quota.breakerOpen ? 1 : 0);
  for (const [pool, own] of further) {
    metrics.aiQuotaUtilisation.set({ pool }, own.utilisation);
    metrics.aiQuota.set({ pool }, own.callsPerMinute);
    metrics.aiBreakerOpen.set({ pool }, own.breakerOpen ? 1 : 0);
  }

  metrics.skus.reset();
  // Every code is there from the start: Prometheus sees no increase where a counter begins at 1.
  for (const code of FailureCode.options) metrics.skus.inc({ status: 'failed', code }, 0);
  for (const { status, code, count } of totals.skus) metrics.skus.inc({ status, code }, count);
  metrics.aiCalls.reset();
  for (const { outcome, pool, count } of totals.calls)
    metrics.aiCalls.inc({ outcome, ...(pool && { pool }) }, count);
  metrics.imagesGenerated.reset();
  for (const { mode, status, count } of totals.images) metrics.imagesGenerated.inc({ mode, status }, count);
  metrics.aiCostUsd.reset();
  metrics.aiCostUsd.inc(totals.costUsd);
}

/** SKUs with something to do: each needs at least one picture. One that waits for its call is among them. */
function openSkus({ sku }: Awaited<ReturnType<FleetNumbers['queueCounts']>>): number {
  const open = Object.entries(sku).filter(([state]) => !NOT_OPEN.includes(state));
  return open.reduce((sum, [, count]) => sum + count, 0);
}
