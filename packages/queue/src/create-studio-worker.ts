import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_POOL, type Stage } from '@image-studio/contract';
import type { Queue, Worker } from 'bullmq';
import { type AuditWork, createAuditWork } from './audits/audit-work.ts';
import { expireAudits } from './audits/expire-audits.ts';
import { startAiWorker } from './calls/ai-worker.ts';
import type { CallJob, CallOutcome } from './calls/call-job.ts';
import { isAwaitedScript } from './calls/claims.lua.ts';
import { type CallLedger, createCallLedger } from './calls/ledger.ts';
import { createPoolControl, type OwnPool, type PoolControl } from './calls/pool-control.ts';
import { lostCallsMs, settleLostCalls } from './calls/settle-lost-calls.ts';
import { createSourceDigests, type SourceDigests } from './calls/source-digests.ts';
import { type ChoreHandlers, startChoreWorker } from './chores/chore-worker.ts';
import { feedChores } from './chores/feed-chores.ts';
import { type ControlDeps, pauseBatch } from './commands/control-batch.ts';
import { createHousekeeping, type Housekeeping } from './commands/housekeeping.ts';
import { type AbortNotice, subscribeAborts } from './fleet/abort-channel.ts';
import { forgetWorker, reportWorker } from './fleet/fleet.ts';
import { createManifestDuty, type ManifestDuty } from './fleet/manifest-duty.ts';
import { clearOperatorMessage, raiseOperatorMessage } from './fleet/operator-messages.ts';
import { endPulse, givePulse, pulseMs } from './fleet/pulse.ts';
import { reclaimLocksScript } from './fleet/reclaim-locks.lua.ts';
import type { WorkerCapacity } from './fleet/worker-info.ts';
import {
  type CallPool,
  type CallPools,
  openCallPools,
  type PoolConfig,
  type QuotaLimits,
} from './jobs/call-pools.ts';
import { CHORE_QUEUE, openQueue, SKU_QUEUE, WEBHOOK_QUEUE } from './jobs/queues.ts';
import type { WorkerDeps } from './jobs/worker-options.ts';
import { createCallSchedule } from './quota/call-schedule.ts';
import { createSpendLimitMessage, SPEND_LIMIT_MESSAGE } from './quota/spend-limit-message.ts';
import { isOpen } from './redis/be-patient.ts';
import { connectFailFast, connectPatient, disconnect } from './redis/connect.ts';
import { createFaultLog } from './redis/fault-log.ts';
import { keysOf } from './redis/keys.ts';
import { createRedisGate } from './redis/redis-gate.ts';
import { redisNow } from './redis/redis-now.ts';
import { goWithoutInfo, type RedisServer } from './redis/redis-options.ts';
import { outageOf, type RedisOutage } from './redis/redis-outage.ts';
import { createRedisWatch, REDIS_LOOK_MS } from './redis/watch-redis.ts';
import { createRemarkWork, type RemarkWork } from './remarks/remark-work.ts';
import { reconcile, reconcileMs } from './scheduling/reconcile.ts';
import { createScheduler } from './scheduling/scheduler.ts';
import { wakeOverslept } from './scheduling/wake-overslept.ts';
import type { Overcommit } from './skus/overcommit.ts';
import type { SkuJob, SkuOutcome } from './skus/sku-job.ts';
import { startSkuWorker } from './skus/sku-worker.ts';
import { emptyOutbox } from './webhooks/empty-outbox.ts';
import { startWebhookWorker, type WebhookHandler } from './webhooks/webhook-worker.ts';

export interface StudioWorkerConfig extends RedisServer {
  /** Goes into each sign of life. */
  capacity?: () => WorkerCapacity;
  prefix: string;
  version: string;
  /** Of the default pool. */
  quota: QuotaLimits;
  /** Further pools whose calls this process makes. */
  pools?: readonly PoolConfig[];
  /** Longest time of one AI call. */
  callTimeoutMs: number;
  skuConcurrency: number;
  aiConcurrency: number;
  jobLockMs: number;
  retryBaseMs?: number;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface StudioHandlers {
  sku(job: SkuJob): Promise<SkuOutcome>;
  call(job: CallJob): Promise<CallOutcome>;
  /** Without it this process delivers no webhooks. */
  webhook?: WebhookHandler;
  /** Without them this process does no chores. */
  chores?: ChoreHandlers;
}

/** Runs the jobs of one worker process, from the first look at Redis until they are handed back. */
export interface JobRunner {
  /** Waits for Redis; rejects with `UnsupportedRedis` when it is one that cannot be used at all. */
  reachRedis(): Promise<void>;
  /** Starts taking jobs. */
  start(handlers: StudioHandlers): Promise<void>;
  /** What is wrong with Redis; `null` while it answers and takes writes. */
  redisOutage(): RedisOutage | null;
  /** Whether it is of use to ask Redis for something now. */
  isConnected(): boolean;
  activeJobs(): { skus: number; calls: number };
  /**
   * Takes no more jobs; lets the active ones end within `timeoutMs`, then aborts them and hands them back. Without Redis it
   * ends soon, and leaves its connections to the end of the process.
   */
  close(timeoutMs: number): Promise<void>;
  /**
   * Lets this process take no new work of either kind, with a message for the operator; what it does goes on. Other
   * processes find out for themselves: a full disk or a wrong key may be this one's alone.
   */
  holdWork(code: string, message: string): Promise<void>;
  /** Takes the message back and takes work again. */
  releaseWork(code: string): Promise<void>;
}

/** One worker process's side of the queues, one port for each concern. The controls of calls are those of the default pool. */
export interface StudioWorker extends JobRunner, PoolControl, Housekeeping {
  /** The controls of another pool's calls; of one that this process does not serve: the default pool's. */
  pool(name: string): PoolControl;
  ledger: CallLedger;
  manifests: ManifestDuty;
  sources: SourceDigests;
  audits: AuditWork;
  remarks: RemarkWork;
  /** Forgets audits that ended more than so many days ago; returns them with places of pictures that may have small ones. */
  expireAudits(days: number): Promise<{ id: string; examples: number[] }[]>;
}

/** Does not pause the `ai` queue: each process holds back for itself while its store is away. */
export const STORE_MESSAGE = 'STORE_UNAVAILABLE';
/** Does not pause the `ai` queue: some answers of the model could not be read. */
export const UNREADABLE_MESSAGE = 'MODEL_ANSWER_UNREADABLE';
const STOPS_NOTHING: readonly string[] = [STORE_MESSAGE, UNREADABLE_MESSAGE, SPEND_LIMIT_MESSAGE];

const ABORTED = 'the batch was cancelled or paused';
const HEARTBEAT_MS = 5000;
/** Nothing need be lost for the queues to want filling: quota comes back, head starts end. */
const TURNS_MS = 1000;
/** A webhook leaves this soon after what it tells of; looking costs Redis one command. */
const OUTBOX_MS = 300;
/** A chore begins this soon; looking costs Redis one command while there is none. */
const CHORES_MS = 500;
/** Time kept for handing jobs back after the grace period. */
const HAND_BACK_RESERVE_MS = 2000;
/** Redis that has been away or refusing for this long will not be waited for by a process that is told to stop. */
const GONE_AFTER_MS = 3000;
/** After an outage: so much time have the others to take their locks back, before anybody looks for stalled jobs. */
const RECLAIM_MS = 2500;

export function createStudioWorker(config: StudioWorkerConfig): StudioWorker {
  const { log } = config;
  const keys = keysOf(config.prefix);
  const probe = connectFailFast(config);
  const gate = createRedisGate({
    redis: probe,
    key: keys.writeProbe,
    log,
    beforeReopening: () => reclaim(),
  });
  const redis = connectPatient(config, gate);
  const subscriber = connectPatient(config, gate);
  const tell = createFaultLog(log, gate);
  const id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const startedAt = performance.now();
  const active = new Map<
    string,
    {
      batchId: string;
      run: number;
      kind: 'sku' | 'ai';
      jobId: string;
      token: string;
      pool?: string;
      callKey?: string;
      stage?: Stage;
    }
  >();
  const running = new Set<Promise<void>>();
  const timers: NodeJS.Timeout[] = [];
  const watch = createRedisWatch(redis, { everyMs: REDIS_LOOK_MS, log });
  const db = { redis, keys };
  const poolConfigs: PoolConfig[] = [{ name: DEFAULT_POOL, quota: config.quota }, ...(config.pools ?? [])];
  let queues: { sku: Queue; pools: CallPools } | undefined;
  let skuWorker: Worker | undefined;
  /** By pool. */
  const aiWorkers = new Map<string, Worker>();
  const everyWorker = (): Worker[] => [...(skuWorker ? [skuWorker] : []), ...aiWorkers.values()];
  let lender: Overcommit | undefined;
  let webhooks: { queue: Queue; worker: Worker } | undefined;
  let chores: { queue: Queue; worker: Worker } | undefined;
  const heldFor = new Set<string>();
  let isClosing = false;
  /** Keys of calls whose answer is not in the store yet. */
  const callsOnTheWire = new Set<string>();

  const background = (work: () => Promise<void>): void => {
    const promise = work().catch((error: unknown) => tell(error, 'background work stopped half-way'));
    running.add(promise);
    void promise.finally(() => running.delete(promise));
  };

  const deps: WorkerDeps = {
    redis,
    keys,
    prefix: config.prefix,
    workerId: id,
    jobLockMs: config.jobLockMs,
    skuConcurrency: config.skuConcurrency,
    aiConcurrency: config.aiConcurrency,
    retryBaseMs: config.retryBaseMs ?? 2000,
    isClosing: () => isClosing,
    isHeld: () => heldFor.size > 0,
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
    background,
    wake: () => scheduler.soon(),
  };
  const scheduler = createScheduler(() => {
    if (!queues) throw new Error('the queues are not open yet');
    return { redis, keys, skuQueue: queues.sku, pools: queues.pools, background };
  });
  const control = (): ControlDeps | undefined =>
    queues && {
      redis,
      keys,
      skuQueue: queues.sku,
      pools: queues.pools,
      webhookQueue: webhooks?.queue,
      background,
      wake: scheduler.soon,
    };
  const ownPools = new Map<string, OwnPool>(
    poolConfigs.map(({ name, quota }) => {
      const pool = { redis, keys: keys.pool(name) };
      const own = createPoolControl({
        pool,
        schedule: createCallSchedule(pool, quota.callsPerMinute),
        queue: () => queues?.pools.of({ pool: name }).aiQueue,
        worker: () => aiWorkers.get(name),
        isHeld: () => heldFor.size > 0,
        stopsNothing: STOPS_NOTHING,
      });
      return [name, own];
    }),
  );
  const defaultPool = ownPools.get(DEFAULT_POOL) as OwnPool;

  const activeJobs = () => {
    const skus = [...active.values()].filter(({ kind }) => kind === 'sku').length;
    return { skus, calls: active.size - skus };
  };

  const abort = (notice: AbortNotice) => {
    for (const { batchId, run, kind, jobId, callKey = '', pool = DEFAULT_POOL } of active.values()) {
      if (batchId !== notice.batchId || run > notice.run) continue;
      if (kind === 'sku') skuWorker?.cancelJob(jobId, ABORTED);
      else if (notice.calls) background(() => abortCall(aiWorkers.get(pool), batchId, jobId, callKey));
    }
  };

  /** A call that SKUs of other batches wait for goes on: it is theirs now. */
  const abortCall = async (
    worker: Worker | undefined,
    batchId: string,
    jobId: string,
    callKey: string,
  ): Promise<void> => {
    const awaited = await isAwaitedScript(redis, [keys.waiters(callKey)], [keys.batch(''), batchId]);
    if (Number(awaited) === 0) worker?.cancelJob(jobId, ABORTED);
  };

  const heartbeat = async () => {
    const { skus, calls } = activeJobs();
    const now = await redisNow(redis);
    await reportWorker(db, {
      id,
      host: hostname(),
      pid: process.pid,
      version: config.version,
      startedAt: new Date(now - (performance.now() - startedAt)).toISOString(),
      lastSeenAt: new Date(now).toISOString(),
      activeSkus: skus,
      activeCalls: calls,
      stages: stagesOf([...active.values()]),
      capacity: config.capacity?.(),
      pools: poolConfigs.map(({ name }) => name),
    });
  };

  /** Timers never queue commands up while Redis is away: they would all run at once on its return. */
  const isConnected = () => isOpen(redis);
  const every = (ms: number, work: () => Promise<void>) => {
    timers.push(
      setInterval(() => {
        if (isConnected()) background(work);
      }, ms),
    );
  };

  const reachRedis = async (): Promise<void> => {
    await watch.look();
    if (!watch.tells()) for (const connection of [redis, probe]) goWithoutInfo(connection);
  };

  /** Locks run out in an outage. Who still works on its jobs goes on with them: nobody else need do them again. */
  const reclaim = async (): Promise<void> => {
    await givePulse({ ...deps, redis: probe });
    await Promise.all(
      [SKU_QUEUE, ...poolConfigs.map(({ name }) => keys.pool(name).aiQueue)].map((queue) => {
        const queueOf = ({ kind, pool }: { kind: 'sku' | 'ai'; pool?: string }) =>
          kind === 'sku' ? SKU_QUEUE : keys.pool(pool ?? DEFAULT_POOL).aiQueue;
        const held = [...active.values()].filter((job) => queueOf(job) === queue);
        const scriptKeys = ['active', 'stalled', 'stalled-check'].map((key) => keys.queue(queue, key));
        const jobs = held.flatMap(({ jobId, token }) => [jobId, token]);
        return reclaimLocksScript(probe, scriptKeys, [
          keys.queue(queue, ''),
          config.jobLockMs,
          RECLAIM_MS,
          ...jobs,
        ]);
      }),
    );
  };

  /** Takes a pool's calls. Its bound on calls at once is the fleet's, so each worker says it anew. */
  const serveCalls = async (
    pool: CallPool,
    skuQueue: Queue,
    handle: StudioHandlers['call'],
  ): Promise<void> => {
    const own = ownPools.get(pool.name) ?? defaultPool;
    const { spendPer10MinUsd } = pool.quota;
    if (pool.concurrency !== undefined) await pool.aiQueue.setGlobalConcurrency(pool.concurrency);
    else if (pool.name !== DEFAULT_POOL) await pool.aiQueue.removeGlobalConcurrency();
    const worker = startAiWorker(
      {
        ...deps,
        ...pool,
        skuQueue,
        schedule: own.schedule,
        isPaused: own.isPaused,
        callsOnTheWire,
        reservationMs: 2 * config.callTimeoutMs,
        spendLimit: createSpendLimitMessage({ ...deps, keys: pool.keys, spendPer10MinUsd }),
        pauseForBudget: async (batchId) => {
          const all = control();
          if (all) await pauseBatch(all, batchId, 'budget');
        },
      },
      handle,
    );
    aiWorkers.set(pool.name, worker);
  };

  /** Resolves when Redis has been of no use for a while; never when the signal fires first. */
  const redisGone = async (signal: AbortSignal): Promise<void> => {
    for (let since = performance.now(); performance.now() - since < GONE_AFTER_MS; ) {
      if (signal.aborted) return new Promise(() => {});
      if (gate.outage() === null && isConnected()) since = performance.now();
      await sleep(100);
    }
  };

  const known = createCallLedger(db);
  const ledger: CallLedger = {
    ...known,
    record(callKey, entry) {
      // Its picture is in the store: safe, whether the entry can be written or not.
      callsOnTheWire.delete(callKey);
      return known.record(callKey, entry);
    },
  };

  return {
    ledger,
    manifests: createManifestDuty(db, config.jobLockMs),
    sources: createSourceDigests(db),
    audits: createAuditWork(db),
    remarks: createRemarkWork(db),
    ...defaultPool,
    pool: (name) => ownPools.get(name) ?? defaultPool,
    async holdWork(code, message) {
      heldFor.add(code);
      await Promise.all(everyWorker().map((worker) => worker.pause(true)));
      await raiseOperatorMessage(db, code, message);
    },
    async releaseWork(code) {
      heldFor.delete(code);
      if (heldFor.size === 0) {
        skuWorker?.resume();
        for (const [name, worker] of aiWorkers) if (!ownPools.get(name)?.isPaused()) worker.resume();
      }
      await clearOperatorMessage(db, code);
    },
    ...createHousekeeping(db, id, control),
    expireAudits: (days) => expireAudits(db, days),
    reachRedis,
    async start(handlers) {
      await reachRedis();
      const sku = openQueue(SKU_QUEUE, redis, config.prefix);
      const pools = openCallPools(db, poolConfigs, (name) => openQueue(name, redis, config.prefix));
      queues = { sku, pools };
      await Promise.all(
        [sku, ...pools.all().map(({ aiQueue }) => aiQueue)].map((one) => one.waitUntilReady()),
      );
      await subscribeAborts(subscriber, keys, abort);
      await givePulse(deps);
      every(pulseMs(config.jobLockMs), () => givePulse(deps));
      const skuSide = startSkuWorker({ ...deps, skuQueue: sku, pools }, handlers.sku);
      lender = skuSide.lender;
      skuWorker = skuSide.worker;
      for (const pool of pools.all()) await serveCalls(pool, sku, handlers.call);
      for (const worker of everyWorker()) {
        worker.on('error', (error) => tell(error, 'worker'));
        if (heldFor.size > 0) await worker.pause(true);
      }
      if (handlers.webhook) {
        const queue = openQueue(WEBHOOK_QUEUE, redis, config.prefix);
        webhooks = { queue, worker: startWebhookWorker(deps, queue, handlers.webhook) };
        webhooks.worker.on('error', (error) => tell(error, 'webhook worker'));
        every(OUTBOX_MS, () => emptyOutbox(db, queue));
      }
      if (handlers.chores) {
        const queue = openQueue(CHORE_QUEUE, redis, config.prefix);
        chores = { queue, worker: startChoreWorker(deps, handlers.chores) };
        chores.worker.on('error', (error) => tell(error, 'chore worker'));
        chores.worker.on('failed', (job, err) =>
          log.warn({ chore: job?.id, err }, 'a part of a chore failed'),
        );
        every(CHORES_MS, () => feedChores(db, queue));
      }
      await heartbeat();
      every(HEARTBEAT_MS, heartbeat);
      every(TURNS_MS, async () => scheduler.soon());
      every(lostCallsMs(config.jobLockMs), async () => {
        const settled = await settleLostCalls(deps);
        if (settled > 0) log.warn({ calls: settled }, 'booked calls whose worker died');
      });
      every(reconcileMs(config.jobLockMs), async () => {
        const putBack = await reconcile(deps, sku);
        await Promise.all(
          [sku, ...pools.all().map(({ aiQueue }) => aiQueue)].map((queue) => wakeOverslept(redis, queue)),
        );
        if (putBack > 0) log.warn({ skus: putBack }, 'SKUs without a job wait again');
      });
    },
    redisOutage: () => gate.outage(),
    isConnected,
    activeJobs,
    async close(timeoutMs) {
      isClosing = true;
      for (const timer of timers) clearInterval(timer);
      watch.close();
      scheduler.close();
      const closeSkus = async () => {
        await skuWorker?.pause(true);
        await lender?.close();
        await skuWorker?.close();
      };
      const end = async () => {
        await Promise.all([
          closeSkus(),
          ...[...aiWorkers.values()].map((worker) => worker.close()),
          webhooks?.worker.close(),
          chores?.worker.close(),
        ]);
        await Promise.all(running);
        if (queues && isConnected()) await Promise.all([forgetWorker(db, id), endPulse(deps)]);
        await Promise.all([
          queues?.sku.close(),
          queues?.pools.close(),
          webhooks?.queue.close(),
          chores?.queue.close(),
        ]);
        return 'ended' as const;
      };
      const over = new AbortController();
      const after = (ms: number) => sleep(Math.max(0, ms), undefined, { signal: over.signal });
      const late = after(timeoutMs - HAND_BACK_RESERVE_MS).then(() => {
        log.info(activeJobs(), 'handing active jobs back');
        for (const worker of everyWorker()) worker.cancelAllJobs('shutting down');
        webhooks?.worker.cancelAllJobs('shutting down');
        chores?.worker.cancelAllJobs('shutting down');
      });
      late.catch(() => {});
      const stuck = after(timeoutMs).then(() => 'stuck' as const);
      stuck.catch(() => {});
      const gone = redisGone(over.signal).then(() => 'gone' as const);
      // A command that Redis refuses or does not answer by now says the same as one that never comes back.
      const ended = end().catch((error: unknown) => {
        if (outageOf(error) === null) throw error;
        return 'gone' as const;
      });
      const first = await Promise.race([ended, stuck, gone]);
      // Without Redis nothing can be ended or handed back: what this process holds stalls, and is taken up later. Only
      // pictures that are being made are worth waiting for: in the store they are found again.
      while (
        first === 'gone' &&
        callsOnTheWire.size > 0 &&
        (await Promise.race([stuck, sleep(100)])) !== 'stuck'
      );
      over.abort();
      gate.close();
      probe.disconnect();
      if (first === 'ended') await Promise.all([disconnect(redis), disconnect(subscriber)]);
      else log.warn({ ...activeJobs(), why: first }, 'leaving jobs to those who find them stalled');
    },
  };
}

/** How many of these jobs are in each stage; a call is a picture being generated. */
function stagesOf(jobs: { kind: 'sku' | 'ai'; stage?: Stage }[]): Partial<Record<Stage, number>> {
  const stages: Partial<Record<Stage, number>> = {};
  for (const { kind, stage = 'download' } of jobs) {
    const now = kind === 'ai' ? 'generate' : stage;
    stages[now] = (stages[now] ?? 0) + 1;
  }
  return stages;
}
