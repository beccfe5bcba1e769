import { useState } from 'preact/hooks';
import { download } from '../api/download.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';

const FORMATS = ['csv', 'xlsx'] as const;

/** The rows that failed, as the person's own table with the reasons: to be mended and submitted again. */
export function FailedRows({ client, path }: { client: StudioClient; path: string }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const fetchRows = async (format: string): Promise<void> => {
    setBusy(format);
    setProblem(null);
    const name = `failed-${path.split('/').at(-1)}.${format}`;
    await download(client, `${path}/failed?format=${format}`, name).catch((error: unknown) => {
      if (error instanceof ProblemError) setProblem(error);
    });
    setBusy(null);
  };
  return (
    <>
      <div class="failed-rows">
        <span class="groups-words">
          <strong>{translate('failedRows')}</strong>
          <span class="soft">{translate('failedRowsHint')}</span>
        </span>
        <span class="groups-actions">
          {FORMATS.map((format) => (
            <button
              key={format}
              type="button"
              disabled={busy !== null}
              aria-label={`${translate('failedRows')}, ${format.toUpperCase()}`}
              onClick={() => void fetchRows(format)}
            >
              {busy === format ? translate('fetching') : format.toUpperCase()}
            </button>
          ))}
        </span>
      </div>
      {problem && <ProblemNote title={translate('exportFailed')} error={problem} />}
    </>
  );
}
