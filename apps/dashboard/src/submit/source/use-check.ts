import { useEffect, useMemo, useState } from 'preact/hooks';
import { ProblemError } from '../../api/problem-error.ts';
import type { StudioClient } from '../../api/studio-client.ts';
import type { Fault } from '../faults/parse-lines.ts';
import type { FormOptions } from '../form/form-options.ts';
import type { PreviewColumn } from './preview-column.ts';
import { readSubmission } from './read-submission.ts';
import type { Source } from './source.ts';
import type { TableChoice } from './table-choice.ts';

export interface LaneQuote {
  costUsd: { low: number; high: number };
  hours: { low: number; high: number };
  /** What it costs at most. */
  worstUsd: number;
}

/** What the batch would take. */
export interface Quote {
  calls: number;
  reused: number;
  costUsd: { low: number; high: number };
  minutes: { low: number; high: number };
  /** Absent in answers of earlier versions. */
  lanes?: { interactive: LaneQuote; economy: LaneQuote | null };
  warnings?: Fault[];
}

/** What was recognised of the submission: its columns, its first rows, and how much it is. */
export interface Preview {
  format: 'json' | 'csv' | 'tsv' | 'xlsx' | 'xml';
  dialect?: string;
  label?: string;
  encoding?: string;
  sheets?: string[];
  columns: PreviewColumn[];
  rows: { line: number; cells: string[] }[];
  skus: number | null;
  photos: number | null;
  /** What was left out, cut, mended or is doubtful. */
  warnings: Fault[];
}

/** What is known of a submission before it is sent. */
export interface Check {
  preview: Preview | null;
  quote: Quote | null;
  faults: Fault[];
  problem: ProblemError | null;
  isChecking: boolean;
}

const NOTHING: Check = { preview: null, quote: null, faults: [], problem: null, isChecking: false };
/** Typing is let go on for so long before the server is asked. */
const PAUSE_MS = 500;

/** Asks the server what a submission holds, would cost and gets wrong, after every pause in the typing. */
export function useCheck(
  client: StudioClient,
  source: Source,
  options: FormOptions,
  choice: TableChoice,
): Check {
  const [check, setCheck] = useState<Check>(NOTHING);
  const submission = useMemo(() => readSubmission(source, options, choice), [source, options, choice]);
  useEffect(() => {
    const sent = submission.ok ? submission : submission.rest;
    if (!sent) return setCheck(NOTHING);
    const ending = new AbortController();
    setCheck((known) => ({ ...known, isChecking: true }));
    const timer = setTimeout(async () => {
      const { query, body, contentType, where } = sent;
      try {
        const answer = await client.submit<Preview & { quote: Quote | null; faults: Fault[] }>(
          `batches/preview${query}`,
          body,
          { contentType, signal: ending.signal },
        );
        const faults = answer.faults.map((fault) => ({ ...fault, path: where(fault.path) }));
        if (submission.ok) setCheck({ ...NOTHING, preview: answer, quote: answer.quote, faults });
        // That no line is right is told line by line.
        else setCheck({ ...NOTHING, faults: faults.filter(({ path }) => path !== 'skus') });
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ProblemError)) throw error;
        setCheck({ ...NOTHING, problem: error });
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, submission]);
  return submission.ok
    ? check
    : { ...check, preview: null, quote: null, faults: [...submission.faults, ...check.faults] };
}
