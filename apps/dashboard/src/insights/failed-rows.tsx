import type { StudioClient } from '../api/studio-client.ts';
import { useDownload } from '../api/use-download.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';

const FORMATS = ['csv', 'xlsx'] as const;

/** The rows that failed, as the person's own table with the reasons: to be mended and submitted again. */
export function FailedRows({ client, path }: { client: StudioClient; path: string }) {
  const { busy, problem, fetchFile } = useDownload(client);
  const nameOf = (format: string) => `failed-${path.split('/').at(-1)}.${format}`;
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
              onClick={() => void fetchFile(`${path}/failed?format=${format}`, nameOf(format))}
            >
              {busy === nameOf(format) ? translate('fetching') : format.toUpperCase()}
            </button>
          ))}
        </span>
      </div>
      {problem && <ProblemNote title={translate('exportFailed')} error={problem} />}
    </>
  );
}
