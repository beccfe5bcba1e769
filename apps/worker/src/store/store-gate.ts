import { StageError } from '@image-studio/contract';
import { checkWithin, type ObjectStore } from '@image-studio/storage';
import { StoreUnavailable } from './store-unavailable.ts';

/** Longest wait for a sign of life. A store that needs longer for a few bytes is of no use to pictures. */
const PATIENCE_MS = 10_000;
/** A server that accepts and never answers is noticed within about this and twice the patience. */
const WATCH_MS = 15_000;
/** While the store is away it is asked this often: soon at first, then ever more seldom. */
const FIRST_PROBE_MS = 1000;
const LONGEST_PROBE_MS = 15_000;

/** Knows whether the object store works at all, as this process sees it. */
export interface StoreGate {
  /** Throws `StoreUnavailable` while the store is away. */
  assertOpen(): void;
  /** Something failed: asks the store at once. Returns whether it works all the same; if not, the gate is shut now. */
  stillWorks(): Promise<boolean>;
  /** Resolves when the store works (again); rejects with the signal's reason. */
  opened(signal: AbortSignal): Promise<void>;
  /** Calls `leave` once when the gate shuts; returns the way to take that back. */
  onShut(leave: (away: StoreUnavailable) => void): () => void;
  /** Rejects with the reason, within `patienceMs`, unless the store works now. */
  check(patienceMs: number): Promise<void>;
  /** Stops watching. */
  close(): void;
}

export interface StoreGateOptions {
  /** The store has gone: take no new work. Called once per outage, in turn with `onOpen`. */
  onShut(reason: string): Promise<void>;
  onOpen(): Promise<void>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  firstProbeMs?: number;
  watchMs?: number;
  patienceMs?: number;
}

/** Takes the store for working until it says otherwise; watches it from now on. */
export function createStoreGate(store: Pick<ObjectStore, 'check'>, options: StoreGateOptions): StoreGate {
  const { log, firstProbeMs = FIRST_PROBE_MS, watchMs = WATCH_MS, patienceMs = PATIENCE_MS } = options;
  const leavers = new Set<(away: StoreUnavailable) => void>();
  const waiters = new Set<() => void>();
  let away: StoreUnavailable | undefined;
  let shutAt = 0;
  let asking: Promise<boolean> | undefined;
  let told: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** One look at a time: hundreds of jobs that fail together ask once. */
  function ask(): Promise<boolean> {
    asking ??= checkWithin(store, patienceMs)
      .then(
        () => open(),
        (error: unknown) => shut(error),
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  function open(): true {
    if (away === undefined || isClosed) return true;
    away = undefined;
    log.info({ ms: Math.round(performance.now() - shutAt) }, 'the object store is back');
    oneAfterTheOther(options.onOpen);
    for (const wake of [...waiters]) wake();
    watch(watchMs);
    return true;
  }

  function shut(error: unknown): false {
    const reason = error instanceof Error ? error.message : String(error);
    const wasOpen = away === undefined;
    away = new StoreUnavailable(reason, error instanceof StageError ? error.cause : error);
    if (!wasOpen || isClosed) return false;
    shutAt = performance.now();
    log.warn({ reason }, 'the object store is away; taking no new work');
    oneAfterTheOther(() => options.onShut(reason));
    for (const leave of [...leavers]) leave(away);
    watch(firstProbeMs);
    return false;
  }

  function oneAfterTheOther(work: () => Promise<void>): void {
    told = told.then(work).catch((err: unknown) => log.warn({ err }, 'telling of the object store'));
  }

  function watch(ms: number): void {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(async () => {
      const wasAway = away !== undefined;
      if (await ask()) watch(watchMs);
      else watch(wasAway ? Math.min(ms * 2, LONGEST_PROBE_MS) : firstProbeMs);
    }, ms);
  }

  watch(watchMs);
  return {
    assertOpen() {
      if (away !== undefined) throw away;
    },
    stillWorks: ask,
    opened: (signal) =>
      new Promise((resolve, reject) => {
        const settle = (end: () => void) => () => {
          waiters.delete(wake);
          signal.removeEventListener('abort', leave);
          end();
        };
        const wake = settle(resolve);
        const leave = settle(() => reject(signal.reason));
        if (signal.aborted) leave();
        else if (away === undefined) wake();
        else {
          waiters.add(wake);
          signal.addEventListener('abort', leave, { once: true });
        }
      }),
    onShut(leave) {
      leavers.add(leave);
      return () => leavers.delete(leave);
    },
    check: (ms) => checkWithin(store, ms),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
