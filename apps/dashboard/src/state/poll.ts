import { ProblemError } from '../api/problem-error.ts';
import { createStore, type Store } from './store.ts';

/** Something that is read again and again while somebody may be looking. */
export interface Poll<T> {
  /** The latest answer; `null` until the first. A failed reading leaves it as it is. */
  value: Store<T | null>;
  /** Whether the last reading failed, and why if the API said it. */
  isBroken: Store<boolean>;
  problem: Store<ProblemError | null>;
  /** Reads now. */
  refresh(): void;
  close(): void;
}

/** Reads at once, then every `everyMs` while the page is visible. One reading at a time. */
export function startPoll<T>(read: (signal: AbortSignal) => Promise<T>, everyMs: number): Poll<T> {
  const value = createStore<T | null>(null);
  const isBroken = createStore(false);
  const problem = createStore<ProblemError | null>(null);
  const ending = new AbortController();
  let isReading = false;
  const refresh = (): void => {
    if (isReading || ending.signal.aborted) return;
    isReading = true;
    read(ending.signal)
      .then(
        (answer) => {
          value.set(answer);
          isBroken.set(false);
          problem.set(null);
        },
        (error: unknown) => {
          if (ending.signal.aborted) return;
          isBroken.set(true);
          problem.set(error instanceof ProblemError ? error : null);
        },
      )
      .finally(() => {
        isReading = false;
      });
  };
  const timer = setInterval(() => {
    if (!document.hidden) refresh();
  }, everyMs);
  const whenSeen = (): void => {
    if (!document.hidden) refresh();
  };
  document.addEventListener('visibilitychange', whenSeen);
  refresh();
  return {
    value,
    isBroken,
    problem,
    refresh,
    close: () => {
      ending.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenSeen);
    },
  };
}
