import { useEffect, useMemo } from 'preact/hooks';
import type { ProblemError } from '../api/problem-error.ts';
import type { Poll } from '../state/poll.ts';
import type { Studio } from '../studio.ts';
import { useStore } from '../ui/use-store.ts';

/** A stopped fleet should be noticed soon, on whichever page: what all pages ask for they ask once, at this pace. */
export const FLEET_POLL_MS = 10_000;

/** The latest answer, and why the latest question brought none. */
export interface Polled<T> {
  value: T | null;
  problem: ProblemError | null;
}

/** Asks `path` every `everyMs` while the page is looked at, once for all who want it; an answer stays until the next one. */
export function usePoll<T>(studio: Pick<Studio, 'polls'>, path: string, everyMs: number): Polled<T> {
  const poll: Poll<T> = useMemo(() => studio.polls.share<T>(path, everyMs), [studio, path, everyMs]);
  useEffect(() => () => studio.polls.leave(path, everyMs), [studio, path, everyMs]);
  return { value: useStore(poll.value), problem: useStore(poll.problem) };
}
