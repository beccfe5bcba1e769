import { ChoreJobData, type ChoreKind } from '@image-studio/contract';
import { Worker } from 'bullmq';
import { parseKnown } from '../batch-store/parse-known.ts';
import { spreadCrashed } from '../jobs/crashed-jobs.ts';
import { handBack, handBackUnknown, isRemains } from '../jobs/hand-back.ts';
import { CHORE_QUEUE } from '../jobs/queues.ts';
import { type WorkerDeps, workerOptions } from '../jobs/worker-options.ts';
import { endPartScript, excuseChoreScript } from './chores.lua.ts';
import { choreKeys, memberOf } from './chores.ts';

/** Parts that a process works on at once. They mostly wait for other people's servers and for the store. */
const CONCURRENCY = 2;

/** One part of a chore: its items from `from` to before `to`. It may be done twice. */
export interface ChorePart {
  id: string;
  from: number;
  to: number;
  /** Fires on shutdown. */
  signal: AbortSignal;
  /** Whether a part that fails now will not be tried again soon. */
  isLastTry: boolean;
  /** Whether anybody still wants it. */
  isWanted(): Promise<boolean>;
}

/** `wait`: give it back for so long, because somebody asked to be left alone, or the store is away. */
export type ChoreOutcome = { next: 'done' } | { next: 'wait'; ms: number };

export type ChoreHandlers = Record<ChoreKind, (part: ChorePart) => Promise<ChoreOutcome>>;

/** Starts a BullMQ worker on the `chore` queue: work that makes no call and that nobody waits for by the second. */
export function startChoreWorker(deps: WorkerDeps, handlers: ChoreHandlers): Worker<ChoreJobData> {
  const { redis, keys } = deps;
  return new Worker<ChoreJobData>(
    CHORE_QUEUE,
    async (job, token, given) => {
      if (isRemains(job)) return;
      const data = parseKnown(ChoreJobData, job.data);
      if (!data) return handBackUnknown(job, token);
      if (deps.isHeld()) return handBack(job, token);
      await spreadCrashed(job, token);
      const { kind, id, part, from, to, run } = data;
      const names = choreKeys(keys, kind, id);
      const isWanted = async () => (await redis.hget(names[0], 'run')) === String(run);
      if (!(await isWanted())) return;
      const signal = given ?? new AbortController().signal;
      try {
        const outcome = await handlers[kind]({
          ...{ id, from, to, signal, isWanted },
          isLastTry: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
        });
        if (outcome.next === 'wait') {
          await excuseChoreScript(redis, [names[0]], [run, Math.round(outcome.ms)]);
          return await handBack(job, token, outcome.ms);
        }
        await endPartScript(redis, names, [memberOf(kind, id), run, part]);
      } catch (error) {
        if (signal.aborted && deps.isClosing()) return handBack(job, token);
        throw error;
      }
    },
    { ...workerOptions(deps), concurrency: CONCURRENCY },
  );
}
