import { setTimeout as sleep } from 'node:timers/promises';
import { StageError, say } from '@image-studio/contract';
import type { ObjectStore } from '@image-studio/storage';
import type { StoreGate } from './store-gate.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** Tries at one operation while the store as a whole works: with half of all answers bad, one in 60 would need more. */
const TRIES = 6;
const FIRST_WAIT_MS = 200;
/**
 * A request that a server swallowed in a bad moment, or that its death took along, is never answered: it is left after
 * this. The next try gets twice the time, because a large picture on a slow line may need it.
 */
const FIRST_PATIENCE_MS = 10_000;

/**
 * The store as jobs see it. A fault that passes (an overloaded moment, a lost connection) is tried again on the spot;
 * when the store as a whole is away, every operation, also one that hangs, ends at once with `StoreUnavailable`. What
 * fails although the store works is the object's own fault, and comes out as the store words it.
 */
export function createRetryingStore(
  store: ObjectStore,
  gate: Pick<StoreGate, 'assertOpen' | 'stillWorks' | 'onShut'>,
  { firstWaitMs = FIRST_WAIT_MS, firstPatienceMs = FIRST_PATIENCE_MS } = {},
): ObjectStore {
  async function retrying<T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      gate.assertOpen();
      try {
        return await untilShut(work, signal, firstPatienceMs * 2 ** (tries - 1));
      } catch (error) {
        if (signal?.aborted || error instanceof StoreUnavailable || !mayPass(error)) throw error;
        if (!(await gate.stillWorks())) gate.assertOpen();
        if (tries === TRIES) throw error;
      }
      await sleep(firstWaitMs * 2 ** (tries - 1), undefined, signal && { signal });
    }
  }

  /** One try, left at once when its caller's signal fires or the gate shuts, and after `patienceMs` in any case. */
  async function untilShut<T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
    patienceMs?: number,
  ) {
    const either = new AbortController();
    const onAbort = () => either.abort(signal?.reason);
    let leave = (_why: StageError) => {};
    const left = new Promise<never>((_, reject) => {
      leave = (why) => {
        either.abort(why);
        reject(why);
      };
    });
    const patience = patienceMs && setTimeout(() => leave(tooSlow(patienceMs)), patienceMs);
    const stay = gate.onShut((away) => leave(away));
    signal?.addEventListener('abort', onAbort, { once: true });
    left.catch(() => {});
    try {
      const working = work(either.signal);
      working.catch(() => {});
      return await Promise.race([working, left]);
    } finally {
      stay();
      clearTimeout(patience);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    ...store,
    put: (key, body, options) =>
      retrying((signal) => store.put(key, body, { ...options, signal }), options.signal),
    /** Tried once: a stream cannot be read a second time. */
    async putStream(key, body, options) {
      gate.assertOpen();
      try {
        return await untilShut(
          (signal) => store.putStream(key, body, { ...options, signal }),
          options.signal,
        );
      } catch (error) {
        if (!options.signal?.aborted && mayPass(error) && !(await gate.stillWorks())) gate.assertOpen();
        throw error;
      }
    },
    get: (key, options) => retrying((signal) => store.get(key, { ...options, signal }), options?.signal),
    head: (key) => retrying(() => store.head(key), undefined),
    delete: (key) => retrying(() => store.delete(key), undefined),
  };
}

function tooSlow(ms: number): StageError {
  return new StageError('STORE_UNAVAILABLE', say`the object store did not answer within ${ms} ms`, {
    verdict: 'retry',
  });
}

function mayPass(error: unknown): boolean {
  return error instanceof StageError && error.code === 'STORE_UNAVAILABLE' && error.verdict === 'retry';
}
