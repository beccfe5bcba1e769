import type { StudioClient } from '../api/studio-client.ts';
import { useDownload } from '../api/use-download.ts';
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
  const { busy, problem, fetchFile } = useDownload(client);
  const query = filterQuery(filter);
  return (
    <Modal kind="box" label={translate('downloads')} onClose={onClose}>
      {(close) => (
        <div class="dialog-form">
          <h2>{translate('downloads')}</h2>
          {count !== null && <p class="soft">{translate('downloadsHint', { n: count })}</p>}
          {FILES.map(([file, words]) => (
            <button
              key={file}
              type="button"
              disabled={busy !== null}
              onClick={() => void fetchFile(`${path}/${file}${query && `?${query}`}`, file)}
            >
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
