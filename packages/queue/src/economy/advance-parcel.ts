import { AiJobData } from '@image-studio/contract';
import { parseKnown } from '../batch-store/parse-known.ts';
import { clearOperatorMessage, raiseOperatorMessage } from '../fleet/operator-messages.ts';
import { redisNow } from '../redis/redis-now.ts';
import type { EconomyTimes } from './economy-times.ts';
import {
  closeParcel,
  moveParcel,
  type Parcel,
  type ParcelResult,
  readParcel,
  readParcelledCalls,
  requestIn,
  settleParcelled,
} from './parcel.ts';
import { CallsGone, ParcelFault, type ParcelledCall, type ParcelWork } from './parcel-work.ts';
import { type PlaceDeps, placeCall } from './place-call.ts';

/** Whether the provider has a batch, or when it stops, could not be found out. */
export const PARCEL_UNSURE_MESSAGE = 'PARCEL_UNSURE';
/** The provider creates no batches. */
export const PARCEL_REFUSED_MESSAGE = 'PARCEL_REFUSED';

/**
 * A process that was held up for longer than this, between the decision to create and the request, does not send it: another
 * process may have decided by then.
 */
const FRESH_MS = 20_000;
/** A batch is created again after so many looks have not found it; an operator is told after twice as many have failed. */
const LOOKS = 3;

export interface ParcelDeps extends PlaceDeps {
  times: EconomyTimes;
  /** By pool; `undefined` for one that this process does not serve. */
  work(pool: string): ParcelWork | undefined;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/**
 * Takes a parcel as far as it can go now. A process can die at any line: so the state is written before the provider is asked,
 * and says what may have happened there. Each step may run twice, except a create: it follows from a state into which only one
 * process can have moved the parcel.
 */
export async function advanceParcel(deps: ParcelDeps, id: string, signal: AbortSignal): Promise<void> {
  const parcel = await readParcel(deps, id);
  if (parcel === null) return void (await deps.redis.zrem(deps.keys.parcels, id));
  const work = deps.work(parcel.pool);
  if (!work) return;
  const step: Step = { deps, parcel, work, signal };
  try {
    await advanceFrom(step);
  } catch (error) {
    if (isRefusal(error)) {
      const words = `The provider refuses what is asked of a batch of calls, which is asked again: ${error.message}`;
      await tellRefused(step, words);
    }
    throw error;
  }
}

async function advanceFrom(step: Step): Promise<void> {
  const { deps, parcel } = step;
  switch (parcel.state) {
    case 'intended':
      if (await moveParcel(deps, parcel, 'uploading', deps.times.pollMs)) await send(step);
      return;
    case 'uploading':
      return send(step);
    case 'creating':
    case 'quarantine':
      return findOut(step);
    case 'created':
      return follow(step);
    case 'done':
    case 'failed':
    case 'cancelled':
      await closeParcel(deps, parcel, parcel.state);
  }
}

interface Step {
  deps: ParcelDeps;
  parcel: Parcel;
  work: ParcelWork;
  signal: AbortSignal;
}

/** Uploads the calls that somebody still wants, and creates the batch. */
async function send(step: Step): Promise<void> {
  const { parcel, work, signal } = step;
  if (await isUnwanted(step)) return takeBack(step);
  let file = parcel.file;
  if (file === '') {
    const calls = await wantedCalls(step);
    if (calls.length === 0) return takeBack(step);
    try {
      file = await work.upload(parcel.displayName, calls, signal);
    } catch (error) {
      if (isRefusal(error)) return putOff(step, error);
      if (!(error instanceof CallsGone)) throw error;
      // The SKUs of these calls look again, and prepare the photos anew.
      for (const callKey of error.callKeys) await takeBackCall(step, callKey, 'drop');
      return;
    }
    // An upload may take an hour.
    if (await isUnwanted(step)) return takeBack(step);
  }
  await create(step, file);
}

/** The calls whose jobs are there; those that a pause or a cancel has taken away are no longer in the parcel. */
async function wantedCalls({ deps, parcel }: Step): Promise<AiJobData[]> {
  const { aiQueue } = deps.pools.of({ pool: parcel.pool });
  const wanted: AiJobData[] = [];
  for (const [callKey, { jobId }] of await readParcelledCalls(deps, parcel.id)) {
    if ((await deps.redis.hget(deps.keys.parcelled, callKey)) !== parcel.id) continue;
    const job = await aiQueue.getJob(jobId);
    const data = job && parseKnown(AiJobData, job.data);
    if (data) wanted.push(data);
    else await takeBackCall({ deps, parcel }, callKey);
  }
  return wanted;
}

/** Creates the batch: the state says so first, and no other process that reads it will create one. */
async function create(step: Step, file: string): Promise<void> {
  const { deps, parcel, work } = step;
  const { times, log } = deps;
  const decidedAt = Date.now();
  const attempt = String(Number(parcel.attempt) + 1);
  // The old attempt is what the script compares with: two processes cannot both begin the next one.
  if (!(await moveParcel(deps, parcel, 'creating', 0, { attempt, file, absent: 0, unanswered: 0 }))) return;
  if (Date.now() - decidedAt > FRESH_MS) return;
  const { model, displayName } = parcel;
  try {
    const name = await work.create({ model, displayName, file, timeoutMs: times.askMs });
    await moveParcel(deps, parcel, 'created', times.pollMs, { name, refused: 0 });
    log.info({ parcel: parcel.id, name }, 'parcel created');
  } catch (error) {
    const fault = error instanceof ParcelFault ? error : new ParcelFault('unsure', String(error));
    log.warn({ parcel: parcel.id, err: fault }, 'parcel not created');
    if (fault.verdict === 'unsure') return;
    if (isRefusal(fault)) return putOff(step, fault);
    const inMs = Math.min(times.refusedMs, Math.max(times.lookMs, fault.retryAfterMs ?? 0));
    await moveParcel(deps, parcel, 'uploading', inMs, { file });
    return;
  }
  await clearIfTaken(step);
}

/** The provider takes no batch, or not this one: somebody has to look why. The file may be what it refuses. */
async function putOff(step: Step, fault: ParcelFault): Promise<void> {
  const { deps, parcel } = step;
  deps.log.warn({ parcel: parcel.id, err: fault }, 'parcel refused');
  const words = `The provider refuses a batch of calls, which are tried again, and made one by one near the deadline: ${fault.message}`;
  await tellRefused(step, words);
  await moveParcel(deps, parcel, 'uploading', deps.times.refusedMs, { file: '' });
}

async function tellRefused(step: Step, words: string): Promise<void> {
  const { deps, parcel } = step;
  await deps.redis.hset(deps.keys.parcel(parcel.id), 'refused', 1);
  await raiseOperatorMessage(ownPool(step), PARCEL_REFUSED_MESSAGE, words);
}

/** Takes the message back when the provider refuses nothing of any parcel of the pool any more. */
async function clearIfTaken(step: Step, known?: Parcel[]): Promise<void> {
  const open = known ?? (await readOpenParcels(step.deps));
  if (open.some(({ pool, refused }) => pool === step.parcel.pool && refused === 1)) return;
  await clearOperatorMessage(ownPool(step), PARCEL_REFUSED_MESSAGE);
}

function isRefusal(error: unknown): error is ParcelFault & { verdict: 'refused' } {
  return error instanceof ParcelFault && error.verdict === 'refused';
}

/** The answer to a create was lost. The provider's list says whether there is a batch; it may lag behind. */
async function findOut(step: Step): Promise<void> {
  const { deps, parcel, work, signal } = step;
  const { lookMs, absentMs, gone } = deps.times;
  const found = await work.find(parcel.displayName, soon(step)).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return null;
  });
  const age = (await redisNow(deps.redis)) - parcel.askedAt;
  if (found?.length === 1 && found[0] !== undefined) {
    await moveParcel(deps, parcel, 'created', 0, { name: found[0] });
    await clearIfSure(step);
    deps.log.info({ parcel: parcel.id, name: found[0] }, 'parcel found again');
    return;
  }
  // A batch that may have been created has expired by now.
  if (age > gone) return end(step, 'failed', 'lost');
  if (found?.length === 0 && (parcel.state === 'creating' || parcel.state === 'quarantine')) {
    const absent = parcel.absent + 1;
    if (absent < LOOKS || age < absentMs) {
      await moveParcel(deps, parcel, parcel.state, lookMs, { absent });
      return;
    }
    if (await isUnwanted(step)) await takeBack(step);
    else await create(step, parcel.file);
    return clearIfSure(step);
  }
  const unanswered = parcel.unanswered + 1;
  const isUnsure = (found?.length ?? 0) > 1 || unanswered >= 2 * LOOKS || parcel.state === 'quarantine';
  if (isUnsure) {
    const words = `Whether the provider has a batch named ${parcel.displayName} cannot be found out. Its calls are not made until it can, or 72 hours after it was asked for: they might be paid twice.`;
    await raiseOperatorMessage(ownPool(step), PARCEL_UNSURE_MESSAGE, words);
  }
  await moveParcel(deps, parcel, isUnsure ? 'quarantine' : 'creating', lookMs, { unanswered });
}

/** Looks how far the provider's batch is, asks for its end when nobody wants it, and takes what it brought. */
async function follow(step: Step): Promise<void> {
  const { deps, parcel, work, signal } = step;
  const { pollMs, mostPollMs, stuckMs, gone } = deps.times;
  const age = (await redisNow(deps.redis)) - parcel.askedAt;
  const progress = await work.read(parcel.name, soon(step)).catch((error: unknown) => {
    if (signal.aborted || age < gone) throw error;
    return null;
  });
  // The provider has forgotten it.
  if (progress === null) return end(step, 'failed', 'lost');
  if (progress.state !== 'open') {
    if (progress.results !== null) await collect(step, progress.results);
    return end(step, progress.state === 'succeeded' ? 'done' : progress.state, progress.state);
  }
  let { cancelAskedAt } = parcel;
  if (await isUnwanted(step)) {
    const now = await redisNow(deps.redis);
    // Asked again: a cancel may be lost like any other request. One that comes too late may be refused.
    await work.cancel(parcel.name, soon(step)).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      deps.log.warn({ parcel: parcel.id, err: error }, 'the provider refuses to end a batch');
    });
    cancelAskedAt = cancelAskedAt || now;
    if (now - cancelAskedAt > stuckMs) {
      const words = `The provider was asked to stop the batch ${parcel.name} and has not. Its calls wait for that: they might be paid twice.`;
      await raiseOperatorMessage(ownPool(step), PARCEL_UNSURE_MESSAGE, words);
    }
  }
  // A young batch may be a small one, which is soon made; one that was asked to stop is waited for.
  const inMs = cancelAskedAt > 0 ? pollMs : Math.min(mostPollMs, Math.max(pollMs, age / 10));
  const wasRefused = parcel.refused === 1;
  await moveParcel(deps, parcel, 'created', inMs, { cancelAskedAt, refused: 0 });
  if (wasRefused) await clearIfTaken(step);
}

async function collect({ deps, parcel, work, signal }: Step, file: string): Promise<void> {
  const calls = await readParcelledCalls(deps, parcel.id);
  const { model, batchId, id } = parcel;
  await work.collect(
    {
      file,
      model,
      batchId,
      requestOf: (callKey) => requestIn(id, callKey),
      call: (callKey) => calls.get(callKey),
      isWanted: async (callKey) => (await deps.redis.hget(deps.keys.parcelled, callKey)) === id,
      async settle(callKey, { outcome, costUsd }) {
        const verdict = outcome === 'ok' ? 'ok' : 'failed';
        await book({ deps, parcel }, calls.get(callKey), callKey, { verdict, outcome, costUsd });
      },
    },
    signal,
  );
}

/**
 * The provider's batch is final: calls that it did not bring are booked as failed, and made in another way. `why` is an outcome
 * of the metrics.
 */
async function end(
  step: Step,
  state: 'done' | 'failed' | 'cancelled' | 'expired',
  why: string,
): Promise<void> {
  const { deps, parcel } = step;
  const outcome = state === 'done' ? 'missing' : why;
  for (const [callKey, call] of await readParcelledCalls(deps, parcel.id)) {
    const costUsd = why === 'lost' ? call.estimate / 1e6 : 0;
    await book(step, call, callKey, { verdict: 'failed', outcome, costUsd });
  }
  await closeParcel(deps, parcel, state === 'expired' ? 'failed' : state);
  const open = await readOpenParcels(deps);
  await clearIfSure(step, open);
  await clearIfTaken(step, open);
}

/**
 * Books a call unless it is booked, and lets its job go on in either case: the process that booked it may have died before
 * that.
 */
async function book(
  { deps, parcel }: Pick<Step, 'deps' | 'parcel'>,
  call: ParcelledCall | undefined,
  callKey: string,
  result: ParcelResult,
): Promise<void> {
  await settleParcelled(deps, parcel, callKey, result);
  if (call) await placeCall(deps, parcel, call);
}

/** Nothing was created: the parcel is dissolved. */
async function takeBack(step: Step): Promise<void> {
  const { deps, parcel } = step;
  for (const callKey of (await readParcelledCalls(deps, parcel.id)).keys()) await takeBackCall(step, callKey);
  await closeParcel(deps, parcel, 'cancelled');
}

/** `drop`: its job is taken away, so that its SKU looks again. */
async function takeBackCall(
  { deps, parcel }: Pick<Step, 'deps' | 'parcel'>,
  callKey: string,
  how: 'park' | 'drop' = 'park',
): Promise<void> {
  const call = (await readParcelledCalls(deps, parcel.id)).get(callKey);
  await settleParcelled(deps, parcel, callKey, { verdict: 'unsent', outcome: 'unsent', costUsd: 0 });
  if (call) await placeCall(deps, parcel, call, how);
}

/** Whether the parcel's batch was cancelled or is gone, or its deadline is near. A pause lets a parcel go on, as it lets a call on the wire. */
async function isUnwanted({ deps, parcel }: Step): Promise<boolean> {
  const [id, isCancelled, released] = await deps.redis.hmget(
    deps.keys.batch(parcel.batchId),
    ...['id', 'isCancelled', 'released'],
  );
  return id == null || isCancelled === '1' || released === '1';
}

async function clearIfSure(step: Step, known?: Parcel[]): Promise<void> {
  const open = known ?? (await readOpenParcels(step.deps));
  if (open.some(({ state, cancelAskedAt }) => state === 'quarantine' || cancelAskedAt > 0)) return;
  await clearOperatorMessage(ownPool(step), PARCEL_UNSURE_MESSAGE);
}

async function readOpenParcels(deps: ParcelDeps): Promise<Parcel[]> {
  const ids = await deps.redis.zrange(deps.keys.parcels, '0', '-1');
  const parcels = await Promise.all(ids.map((id) => readParcel(deps, id)));
  return parcels.filter((parcel) => parcel !== null);
}

/** The signal of a small question: it fires after `askMs`, too. */
function soon({ deps, signal }: Step): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(deps.times.askMs)]);
}

function ownPool({ deps, parcel }: Step) {
  return { redis: deps.redis, keys: deps.keys.pool(parcel.pool) };
}
