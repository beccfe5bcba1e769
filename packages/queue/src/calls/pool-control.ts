import type { Worker } from 'bullmq';
import { noteBatchOffer } from '../fleet/batch-offers.ts';
import { clearOperatorMessage, listPoolMessages, raiseOperatorMessage } from '../fleet/operator-messages.ts';
import type { CallPool } from '../jobs/call-pools.ts';
import type { CallSchedule } from '../quota/call-schedule.ts';

/** What a worker process does with one pool of calls as a whole. */
export interface PoolControl {
  schedule: CallSchedule;
  /**
   * Pauses the pool's queue for the whole fleet with a message for the operator, and this process's part in it: when
   * another one finds that it can make calls after all, this one leaves them to it and does not pause the fleet again.
   */
  pauseCalls(code: string, message: string): Promise<void>;
  /** Takes the message back and resumes the queue if it was paused for it, and this process's part in it. */
  resumeCalls(code: string): Promise<void>;
  /** Whether the fleet, or only this process, is paused for it. */
  isPausedFor(code: string): Promise<boolean>;
  /** Raises a message for the operator that stops nothing, or takes it back. */
  warnOperator(code: string, message: string): Promise<void>;
  clearWarning(code: string): Promise<void>;
  /** Tells all processes whether a model of this pool says of itself that it makes batches of calls. */
  noteBatchOffer(model: string, isOffered: boolean): Promise<void>;
}

export interface OwnPool extends PoolControl {
  /** This process cannot make its calls, e.g. because its key is wrong; others may. */
  isPaused(): boolean;
}

/** `pool` and `worker` exist once the process has started; `isHeld`: it takes no work of any kind. */
export function createPoolControl(deps: {
  pool: Pick<CallPool, 'redis' | 'keys'>;
  schedule: CallSchedule;
  queue: () => CallPool['aiQueue'] | undefined;
  worker: () => Worker | undefined;
  isHeld: () => boolean;
  /** Codes of messages that pause nothing. */
  stopsNothing: readonly string[];
}): OwnPool {
  const { pool, schedule, queue, worker, isHeld, stopsNothing } = deps;
  const pausedFor = new Set<string>();
  return {
    schedule,
    isPaused: () => pausedFor.size > 0,
    async pauseCalls(code, message) {
      if (pausedFor.has(code)) return;
      pausedFor.add(code);
      await worker()?.pause(true);
      await raiseOperatorMessage(pool, code, message);
      await queue()?.pause();
    },
    async resumeCalls(code) {
      if (pausedFor.delete(code) && pausedFor.size === 0 && !isHeld()) worker()?.resume();
      // The queue first: a process that dies in between leaves a message behind, and its next reader resumes again.
      const others = (await listPoolMessages(pool)).filter(
        (message) => message.code !== code && !stopsNothing.includes(message.code),
      );
      if (others.length === 0) await queue()?.resume();
      await clearOperatorMessage(pool, code);
    },
    async isPausedFor(code) {
      if (pausedFor.has(code)) return true;
      return (await listPoolMessages(pool)).some((message) => message.code === code);
    },
    warnOperator: (code, message) => raiseOperatorMessage(pool, code, message),
    clearWarning: (code) => clearOperatorMessage(pool, code),
    noteBatchOffer: (model, isOffered) =>
      noteBatchOffer(pool, { pool: pool.keys.poolName, model }, isOffered),
  };
}
