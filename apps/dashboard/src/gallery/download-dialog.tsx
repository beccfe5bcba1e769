import { useState } from 'preact/hooks';
import { download } from '../api/download.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { filterQuery } from '../state/filter-query.ts';
import type { TextKey } from '../text/english.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';

const FILES: [file: string, words: TextKey][] = [
  ['images.zip', 'downloadZip'],
  ['manifest.csv', 'downloadCsv'],
  ['manifest.json', 'downloadJson'],
];

/** Pictures and manifest of what the filter leaves. */
export function DownloadDialog(props: {
  client: StudioClient;
  path: string;
  filter: SkuFilter;
  count: number | null;
  onClose: () => void;
}) {
  const { client, path, filter, count, onClose } = props;
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const query = filterQuery(filter);
  const fetchFile = async (file: string): Promise<void> => {
    setBusy(file);
    setProblem(null);
    try {
      await download(client, `${path}/${file}${query && `?${query}`}`, file);
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Modal kind="box" label={translate('downloads')} onClose={onClose}>
      {(close) => (
        <div class="dialog-form">
          <h2>{translate('downloads')}</h2>
          {count !== null && <p class="soft">{translate('downloadsHint', { n: count })}</p>}
          {FILES.map(([file, words]) => (
            <button key={file} type="button" disabled={busy !== null} onClick={() => void fetchFile(file)}>
              {busy === file ? translate('fetching') : translate(words)}
            </button>
          ))}
          {problem && <ProblemNote title={translate('downloadFailed')} error={problem} />}
          <div class="dialog-buttons">
            <button type="button" onClick={close}>
              {translate('close')}
            </button>
          </div>
        </div>
      )}
    </Modal>
  );
}
