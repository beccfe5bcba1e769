import { useState } from 'preact/hooks';
import { download } from './download.ts';
import { ProblemError } from './problem-error.ts';
import type { StudioClient } from './studio-client.ts';

export interface Downloads {
  /** Name of the file that is being fetched. */
  busy: string | null;
  /** Why the last one did not come. */
  problem: ProblemError | null;
  fetchFile(path: string, name: string): Promise<void>;
}

/** Downloads for a part of the page that offers several: one at a time, and what went wrong with the last. */
export function useDownload(client: StudioClient): Downloads {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const fetchFile = async (path: string, name: string): Promise<void> => {
    setBusy(name);
    setProblem(null);
    try {
      await download(client, path, name);
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    } finally {
      setBusy(null);
    }
  };
  return { busy, problem, fetchFile };
}
