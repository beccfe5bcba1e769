import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { DEFAULT_POOL } from '@image-studio/contract';
import type { Queue, Worker } from 'bullmq';
import { createAuditWork } from './audits/audit-work.ts';
import { expireAudits } from './audits/expire-audits.ts';
import { abortJobs } from './calls/abort-jobs.ts';
import { startAiWorker } from './calls/ai-worker.ts';
import { type CallLedger, createCallLedger } from './calls/ledger.ts';
import { moveCalls } from './calls/move-calls.ts';
import { createPoolControl, type OwnPool } from './calls/pool-control.ts';
import { lostCallsMs, settleLostCalls } from './calls/settle-lost-calls.ts';
import { createSourceDigests } from './calls/source-digests.ts';
import { startChoreWorker } from './chores/chore-worker.ts';
import { enqueueParts } from './chores/enqueue-parts.ts';
import { type ControlDeps, pauseBatch } from './commands/control-batch.ts';
import { createHousekeeping } from './commands/housekeeping.ts';
import { PARCEL_REFUSED_MESSAGE, PARCEL_UNSURE_MESSAGE } from './economy/advance-parcel.ts';
import { economyTimes } from './economy/economy-times.ts';
import { createEconomy } from './economy/tend-economy.ts';
import { subscribeAborts } from './fleet/abort-channel.ts';
import { endInTime } from './fleet/end-in-time.ts';
import { forgetWorker } from './fleet/fleet.ts';
import { createHeartbeat } from './fleet/heartbeat.ts';
import { createWorkHold } from './fleet/hold-work.ts';
import { createManifestDuty } from './fleet/manifest-duty.ts';
import { clearOperatorMessage } from './fleet/operator-messages.ts';
import { endPulse, givePulse, pulseMs } from './fleet/pulse.ts';
import { reclaimLocks } from './fleet/reclaim-locks.ts';
import { SPEND_LIMIT_MESSAGE } from './fleet/stopping-messages.ts';
import { createActiveJobs } from './jobs/active-jobs.ts';
import { type CallPool, type CallPools, openCallPools, type PoolConfig } from './jobs/call-pools.ts';
import { CHORE_QUEUE, openQueue, SKU_QUEUE, WEBHOOK_QUEUE } from './jobs/queues.ts';
import type { WorkerDeps } from './jobs/worker-options.ts';
import { createCallSchedule } from './quota/call-schedule.ts';
import { createPoolTroubles } from './quota/pool-trouble.ts';
import { createSpendLimitMessage } from './quota/spend-limit-message.ts';
import { tellUnserved } from './quota/tell-unserved.ts';
import { createBackgroundWork } from './redis/background-work.ts';
import { isOpen } from './redis/be-patient.ts';
import { connectFailFast, connectPatient, disconnect } from './redis/connect.ts';
import { createFaultLog } from './redis/fault-log.ts';
import { keysOf } from './redis/keys.ts';
import { createRedisGate } from './redis/redis-gate.ts';
import { goWithoutInfo } from './redis/redis-options.ts';
import { createRedisWatch, REDIS_LOOK_MS } from './redis/watch-redis.ts';
import { createRemarkWork } from './remarks/remark-work.ts';
import { reconcile, reconcileMs } from './scheduling/reconcile.ts';
import { createScheduler } from './scheduling/scheduler.ts';
import { wakeOverslept } from './scheduling/wake-overslept.ts';
import type { Overcommit } from './skus/overcommit.ts';
import { startSkuWorker } from './skus/sku-worker.ts';
import type { StudioHandlers, StudioWorker, StudioWorkerConfig } from './studio-worker.ts';
import { emptyOutbox } from './webhooks/empty-outbox.ts';
import { startWebhookWorker } from './webhooks/webhook-worker.ts';

/** Does not pause the `ai` queue: each process holds back for itself while its store is away. */
export const STORE_MESSAGE = 'STORE_UNAVAILABLE';
/** Does not pause the `ai` queue: some answers of the model could not be read. */
export const UNREADABLE_MESSAGE = 'MODEL_ANSWER_UNREADABLE';
const STOPS_NOTHING: readonly string[] = [
  STORE_MESSAGE,
  UNREADABLE_MESSAGE,
  SPEND_LIMIT_MESSAGE,
  PARCEL_UNSURE_MESSAGE,
  PARCEL_REFUSED_MESSAGE,
];

const HEARTBEAT_MS = 5000;
/** Nothing need be lost for the queues to want filling: quota comes back, head starts end. */
const TURNS_MS = 1000;
/** A call waits no longer than this in front of a model that cannot make it; looking costs Redis two commands. */
const MOVE_MS = 1000;
/** How often it is looked for models that no worker has. */
const UNSERVED_MS = 5000;
/** An outage of a minute is waited for. */
const FALLBACK_AFTER_MS = 60_000;
/** A webhook leaves this soon after what it tells of; looking costs Redis one command. */
const OUTBOX_MS = 300;
/** A chore begins this soon; looking costs Redis one command while there is none. */
const CHORES_MS = 500;
/** How often a process looks at the economy lane; looking costs Redis a few commands while there is none. */
const ECONOMY_MS = 1000;

/** The BullMQ workers of this process, each once it has been started. */
interface Started {
  sku?: Worker;
  overcommit?: Overcommit;
  /** By pool. */
  calls: Map<string, Worker>;
  webhooks?: { queue: Queue; worker: Worker };
  chores?: { queue: Queue; worker: Worker };
}

/** Opens one worker process's side of the queues; it takes no job before `start`. */
export function createStudioWorker(config: StudioWorkerConfig): StudioWorker {
  const { log, jobLockMs } = config;
  const keys = keysOf(config.prefix);
  const workerId = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const poolConfigs: PoolConfig[] = [{ name: DEFAULT_POOL, quota: config.quota }, ...(config.pools ?? [])];
  const poolNames = poolConfigs.map(({ name }) => name);

  const probe = connectFailFast(config);
  const gate = createRedisGate({
    redis: probe,
    key: keys.writeProbe,
    log,
    async beforeReopening() {
      await givePulse({ redis: probe, keys, workerId });
      await reclaimLocks({ redis: probe, keys }, active.all(), { pools: poolNames, jobLockMs });
    },
  });
  const redis = connectPatient(config, gate);
  const subscriber = connectPatient(config, gate);
  const db = { redis, keys };
  const tell = createFaultLog(log, gate);
  const watch = createRedisWatch(redis, { everyMs: REDIS_LOOK_MS, log });
  const background = createBackgroundWork(redis, tell);
  const isConnected = () => isOpen(redis);

  const active = createActiveJobs();
  const started: Started = { calls: new Map() };
  /** The workers whose jobs belong to batches. */
  const batchWorkers = (): Worker[] => [...(started.sku ? [started.sku] : []), ...started.calls.values()];
  let queues: { sku: Queue; pools: CallPools } | undefined;
  let isClosing = false;
  const closing = new AbortController();
  /** Keys of calls whose answer is not in the store yet. */
  const callsOnTheWire = new Set<string>();

  const hold = createWorkHold(db, {
    pause: () => Promise.all(batchWorkers().map((worker) => worker.pause(true))),
    resume() {
      started.sku?.resume();
      for (const [name, worker] of started.calls) if (!ownPools.get(name)?.isStopped()) worker.resume();
    },
  });
  const ownPools = new Map<string, OwnPool>(
    poolConfigs.map(({ name, quota }) => {
      const pool = { redis, keys: keys.pool(name) };
      const own = createPoolControl({
        pool,
        schedule: createCallSchedule(pool, quota.callsPerMinute),
        queue: () => queues?.pools.of({ pool: name }).aiQueue,
        worker: () => started.calls.get(name),
        isHeld: hold.isHeld,
        stopsNothing: STOPS_NOTHING,
      });
      return [name, own];
    }),
  );
  const defaultPool = ownPools.get(DEFAULT_POOL) as OwnPool;

  const scheduler = createScheduler(() => {
    if (!queues) throw new Error('the queues are not open yet');
    return { redis, keys, skuQueue: queues.sku, pools: queues.pools, background: background.run };
  });
  const deps: WorkerDeps = {
    redis,
    keys,
    prefix: config.prefix,
    workerId,
    jobLockMs,
    skuConcurrency: config.skuConcurrency,
    aiConcurrency: config.aiConcurrency,
    retryBaseMs: config.retryBaseMs ?? 2000,
    isClosing: () => isClosing,
    isHeld: hold.isHeld,
    track: active.track,
    atStage: active.atStage,
    background: background.run,
    wake: () => scheduler.soon(),
  };
  const troubles = createPoolTroubles({
    ...db,
    limitsOf: (pool) => queues?.pools.of({ pool }).quota ?? config.quota,
    fallbackAfterMs: config.fallbackAfterMs ?? FALLBACK_AFTER_MS,
  });
  const control = (): ControlDeps | undefined =>
    queues && {
      redis,
      keys,
      skuQueue: queues.sku,
      pools: queues.pools,
      webhookQueue: started.webhooks?.queue,
      background: background.run,
      wake: scheduler.soon,
    };
  const heartbeat = createHeartbeat(db, active, {
    workerId,
    version: config.version,
    pools: poolNames,
    capacity: config.capacity,
  });

  const reachRedis = async (): Promise<void> => {
    await watch.look();
    if (!watch.tells()) for (const connection of [redis, probe]) goWithoutInfo(connection);
  };

  async function openQueues(): Promise<{ sku: Queue; pools: CallPools }> {
    const sku = openQueue(SKU_QUEUE, redis, config.prefix);
    const pools = openCallPools(db, poolConfigs, (name) => openQueue(name, redis, config.prefix));
    queues = { sku, pools };
    await Promise.all([sku, ...pools.all().map(({ aiQueue }) => aiQueue)].map((one) => one.waitUntilReady()));
    return queues;
  }

  async function takeBatchJobs(handlers: StudioHandlers, sku: Queue, pools: CallPools): Promise<void> {
    const skuSide = startSkuWorker({ ...deps, skuQueue: sku, pools, troubles }, handlers.sku);
    started.sku = skuSide.worker;
    started.overcommit = skuSide.overcommit;
    for (const pool of pools.all()) started.calls.set(pool.name, await takeCalls(pool, sku, handlers.call));
    for (const worker of batchWorkers()) {
      worker.on('error', (error) => tell(error, 'worker'));
      if (hold.isHeld()) await worker.pause(true);
    }
  }

  /** Takes a pool's calls. Its bound on calls at once is the fleet's, so each worker says it anew. */
  async function takeCalls(pool: CallPool, skuQueue: Queue, handle: StudioHandlers['call']): Promise<Worker> {
    const own = ownPools.get(pool.name) ?? defaultPool;
    const { spendPer10MinUsd, spendLimitName: limitName = 'AI_SPEND_PER_10_MIN_USD' } = pool.quota;
    if (pool.concurrency !== undefined) await pool.aiQueue.setGlobalConcurrency(pool.concurrency);
    else if (pool.name !== DEFAULT_POOL) await pool.aiQueue.removeGlobalConcurrency();
    // A process with another limit may have left it behind; calls that have moved to other models would never take it back.
    await clearOperatorMessage(pool, SPEND_LIMIT_MESSAGE);
    return startAiWorker(
      {
        ...deps,
        ...pool,
        skuQueue,
        schedule: own.schedule,
        isStopped: own.isStopped,
        callsOnTheWire,
        reservationMs: 2 * config.callTimeoutMs,
        spendLimit: createSpendLimitMessage({ ...deps, keys: pool.keys, spendPer10MinUsd, limitName }),
        pauseForBudget,
      },
      handle,
    );
  }

  function takeWebhooks(handle: NonNullable<StudioHandlers['webhook']>): void {
    const queue = openQueue(WEBHOOK_QUEUE, redis, config.prefix);
    const worker = startWebhookWorker(deps, queue, handle);
    started.webhooks = { queue, worker };
    worker.on('error', (error) => tell(error, 'webhook worker'));
    background.every(OUTBOX_MS, () => emptyOutbox(db, queue));
  }

  function takeChores(handlers: NonNullable<StudioHandlers['chores']>): void {
    const queue = openQueue(CHORE_QUEUE, redis, config.prefix);
    const worker = startChoreWorker(deps, handlers);
    started.chores = { queue, worker };
    worker.on('error', (error) => tell(error, 'chore worker'));
    worker.on('failed', (job, err) => log.warn({ chore: job?.id, err }, 'a part of a chore failed'));
    background.every(CHORES_MS, () => enqueueParts(db, queue));
  }

  function tendParcels(work: NonNullable<StudioHandlers['parcels']>, sku: Queue, pools: CallPools): void {
    const times = { ...economyTimes(config.economyHourMs), ...config.economyTimes };
    const economy = createEconomy({
      ...deps,
      skuQueue: sku,
      pools,
      times,
      work,
      signal: closing.signal,
      log,
      pauseForBudget,
    });
    background.every(Math.min(ECONOMY_MS, Math.max(20, times.pollMs)), () => economy.tend());
  }

  async function pauseForBudget(batchId: string): Promise<void> {
    const all = control();
    if (all) await pauseBatch(all, batchId, 'budget');
  }

  /** What any process of the fleet does for all of them. */
  function watchOverFleet(sku: Queue, pools: CallPools): void {
    background.every(HEARTBEAT_MS, heartbeat);
    background.every(TURNS_MS, async () => scheduler.soon());
    let isMoving = false;
    background.every(MOVE_MS, async () => {
      if (isMoving) return;
      isMoving = true;
      const moved = await moveCalls({ ...deps, skuQueue: sku, pools, troubles }).finally(() => {
        isMoving = false;
      });
      if (moved > 0) log.info({ calls: moved }, 'calls move to other models');
    });
    background.every(UNSERVED_MS, () => tellUnserved(db, troubles));
    background.every(lostCallsMs(jobLockMs), async () => {
      const settled = await settleLostCalls(deps);
      if (settled > 0) log.warn({ calls: settled }, 'booked calls whose worker died');
    });
    background.every(reconcileMs(jobLockMs), async () => {
      const putBack = await reconcile(deps, sku);
      await Promise.all(
        [sku, ...pools.all().map(({ aiQueue }) => aiQueue)].map((queue) => wakeOverslept(redis, queue)),
      );
      if (putBack > 0) log.warn({ skus: putBack }, 'SKUs without a job wait again');
    });
  }

  async function closeSkus(): Promise<void> {
    await started.sku?.pause(true);
    await started.overcommit?.close();
    await started.sku?.close();
  }

  /** Ends the jobs, then what they need, in the order in which one needs the other. */
  async function end(): Promise<void> {
    const { calls, webhooks, chores } = started;
    await Promise.all([
      closeSkus(),
      ...[...calls.values()].map((worker) => worker.close()),
      webhooks?.worker.close(),
      chores?.worker.close(),
    ]);
    await background.settled();
    if (queues && isConnected()) await Promise.all([forgetWorker(db, workerId), endPulse(deps)]);
    await Promise.all([
      queues?.sku.close(),
      queues?.pools.close(),
      webhooks?.queue.close(),
      chores?.queue.close(),
    ]);
  }

  function handBack(): void {
    log.info(active.counts(), 'handing active jobs back');
    const workers = [...batchWorkers(), started.webhooks?.worker, started.chores?.worker];
    for (const worker of workers) worker?.cancelAllJobs('shutting down');
  }

  return {
    ledger: ledgerNoting(createCallLedger(db), callsOnTheWire),
    manifests: createManifestDuty(db, jobLockMs),
    sources: createSourceDigests(db),
    audits: createAuditWork(db),
    remarks: createRemarkWork(db),
    ...defaultPool,
    pool: (name) => ownPools.get(name) ?? defaultPool,
    holdWork: hold.holdWork,
    releaseWork: hold.releaseWork,
    ...createHousekeeping(db, workerId, control),
    expireAudits: (days) => expireAudits(db, days),
    reachRedis,
    async start(handlers) {
      await reachRedis();
      const { sku, pools } = await openQueues();
      const aborts = {
        db,
        skuWorker: () => started.sku,
        aiWorker: (pool: string) => started.calls.get(pool),
        background: background.run,
      };
      await subscribeAborts(subscriber, keys, (notice) => abortJobs(aborts, notice, active.all()));
      await givePulse(deps);
      background.every(pulseMs(jobLockMs), () => givePulse(deps));
      await takeBatchJobs(handlers, sku, pools);
      if (handlers.webhook) takeWebhooks(handlers.webhook);
      if (handlers.chores) takeChores(handlers.chores);
      if (handlers.parcels) tendParcels(handlers.parcels, sku, pools);
      await heartbeat();
      watchOverFleet(sku, pools);
    },
    redisOutage: () => gate.outage(),
    isConnected,
    activeJobs: active.counts,
    async close(timeoutMs) {
      isClosing = true;
      background.stop();
      // The next process takes up its parcels where they stand.
      closing.abort();
      watch.close();
      scheduler.close();
      const how = await endInTime(
        {
          end,
          handBack,
          isRedisOfUse: () => gate.outage() === null && isConnected(),
          isMakingPictures: () => callsOnTheWire.size > 0,
        },
        timeoutMs,
      );
      gate.close();
      probe.disconnect();
      if (how === 'ended') return void (await Promise.all([disconnect(redis), disconnect(subscriber)]));
      log.warn({ ...active.counts(), why: how }, 'leaving jobs to those who find them stalled');
      // Without a farewell, which would wait for what does not end.
      for (const connection of [redis, subscriber]) connection.disconnect();
    },
  };
}

/** A picture that is booked is in the store: safe, whether its entry can be written or not. */
function ledgerNoting(ledger: CallLedger, callsOnTheWire: Set<string>): CallLedger {
  return {
    ...ledger,
    record(callKey, entry) {
      callsOnTheWire.delete(callKey);
      return ledger.record(callKey, entry);
    },
  };
}
