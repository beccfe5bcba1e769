import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { FormOptions } from './form-options.ts';
import type { Fault } from './parse-lines.ts';
import { readSubmission } from './read-submission.ts';

/** What `POST /batches/quote` answers. */
export interface Quote {
  calls: number;
  reused: number;
  costUsd: { low: number; high: number };
  minutes: { low: number; high: number };
  warnings?: (string | { path?: string; message: string })[];
}

/** What is known of a submission before it is sent. */
export interface Check {
  quote: Quote | null;
  faults: Fault[];
  problem: ProblemError | null;
  isChecking: boolean;
}

const NOTHING: Check = { quote: null, faults: [], problem: null, isChecking: false };
/** Typing is let go on for so long before the server is asked. */
const PAUSE_MS = 600;

/** Asks the server what the submission would cost and what is wrong with it, after every pause in the typing. */
export function useCheck(client: StudioClient, text: string, options: FormOptions): Check {
  const [check, setCheck] = useState<Check>(NOTHING);
  useEffect(() => {
    const submission = readSubmission(text, options);
    if (!submission.ok) return setCheck({ ...NOTHING, faults: submission.faults });
    const ending = new AbortController();
    setCheck((known) => ({ ...known, isChecking: true }));
    const timer = setTimeout(async () => {
      const { query, body, contentType, where } = submission;
      try {
        const quote = await client.submit<Quote>(`batches/quote${query}`, body, {
          contentType,
          signal: ending.signal,
        });
        setCheck({ ...NOTHING, quote });
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ProblemError)) throw error;
        const faults = (error.problem.errors ?? []).map((fault) => ({ ...fault, path: where(fault.path) }));
        setCheck({ ...NOTHING, faults, problem: faults.length > 0 ? null : error });
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, text, options]);
  return check;
}
