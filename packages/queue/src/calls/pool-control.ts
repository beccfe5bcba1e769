import type { Worker } from 'bullmq';
import { noteBatchOffer } from '../fleet/batch-offers.ts';
import { clearOperatorMessage, listPoolMessages, raiseOperatorMessage } from '../fleet/operator-messages.ts';
import type { CallPool } from '../jobs/call-pools.ts';
import type { CallSchedule } from '../quota/call-schedule.ts';

/** What a worker process does with one pool of calls as a whole. */
export interface PoolControl {
  schedule: CallSchedule;
  /**
   * Stops the pool's calls in the whole fleet, with a message for the operator, until `resumeCalls`. When another process
   * finds that it can make calls after all, it resumes them, and this process leaves them to it: it stops the fleet once.
   */
  stopCalls(code: string, message: string): Promise<void>;
  /** Takes the message back, and resumes the calls unless another message stops them. */
  resumeCalls(code: string): Promise<void>;
  /** Whether this code stops the calls of the fleet, or of this process alone. */
  isStoppedFor(code: string): Promise<boolean>;
  /** Raises a message for the operator that stops nothing, or takes it back. */
  warnOperator(code: string, message: string): Promise<void>;
  clearWarning(code: string): Promise<void>;
  /** Tells all processes whether a model of this pool says of itself that it makes batches of calls. */
  noteBatchOffer(model: string, isOffered: boolean): Promise<void>;
}

export interface OwnPool extends PoolControl {
  /** This process cannot make its calls, e.g. because its key is wrong; others may. */
  isStopped(): boolean;
}

/** `pool` and `worker` exist once the process has started; `isHeld`: it takes no work of any kind. */
export function createPoolControl(deps: {
  pool: Pick<CallPool, 'redis' | 'keys'>;
  schedule: CallSchedule;
  queue: () => CallPool['aiQueue'] | undefined;
  worker: () => Worker | undefined;
  isHeld: () => boolean;
  /** Codes of messages that stop no calls. */
  stopsNothing: readonly string[];
}): OwnPool {
  const { pool, schedule, queue, worker, isHeld, stopsNothing } = deps;
  const stoppedFor = new Set<string>();
  return {
    schedule,
    isStopped: () => stoppedFor.size > 0,
    async stopCalls(code, message) {
      if (stoppedFor.has(code)) return;
      stoppedFor.add(code);
      await worker()?.pause(true);
      await raiseOperatorMessage(pool, code, message);
      await queue()?.pause();
    },
    async resumeCalls(code) {
      if (stoppedFor.delete(code) && stoppedFor.size === 0 && !isHeld()) worker()?.resume();
      // The queue first: a process that dies in between leaves a message behind, and its next reader resumes again.
      const others = (await listPoolMessages(pool)).filter(
        (message) => message.code !== code && !stopsNothing.includes(message.code),
      );
      if (others.length === 0) await queue()?.resume();
      await clearOperatorMessage(pool, code);
    },
    async isStoppedFor(code) {
      if (stoppedFor.has(code)) return true;
      return (await listPoolMessages(pool)).some((message) => message.code === code);
    },
    warnOperator: (code, message) => raiseOperatorMessage(pool, code, message),
    clearWarning: (code) => clearOperatorMessage(pool, code),
    noteBatchOffer: (model, isOffered) =>
      noteBatchOffer(pool, { pool: pool.keys.poolName, model }, isOffered),
  };
}
