import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';

/** The latest answer, and why the last question brought none. */
export interface Polled<T> {
  value: T | null;
  problem: ProblemError | null;
}

/** Asks `path` every `everyMs` while the page is looked at; an answer stays until the next one. */
export function usePoll<T>(client: StudioClient, path: string, everyMs: number): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({ value: null, problem: null });
  useEffect(() => {
    const ending = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const value = await client.get<T>(path, ending.signal);
        setPolled({ value, problem: null });
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ProblemError)) throw error;
        setPolled(({ value }) => ({ value, problem: error }));
      }
    };
    const askIfSeen = (): void => {
      if (!document.hidden) void ask();
    };
    void ask();
    const timer = setInterval(askIfSeen, everyMs);
    document.addEventListener('visibilitychange', askIfSeen);
    return () => {
      ending.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', askIfSeen);
    };
  }, [client, path, everyMs]);
  return polled;
}
