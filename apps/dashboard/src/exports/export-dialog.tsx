import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { useDownload } from '../api/use-download.ts';
import { formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { ExportFormat, Exports } from './exports.ts';
import { FeedLink } from './feed-link.tsx';
import './export-dialog.css';

/** Tables for shops: the person's own first, each as its shop takes it or as a workbook; and the feed for Google. */
export function ExportDialog({
  client,
  path,
  onClose,
}: {
  client: StudioClient;
  path: string;
  onClose: () => void;
}) {
  const [exports, setExports] = useState<Exports | null>(null);
  const { busy, problem: failed, fetchFile } = useDownload(client);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const orProblem = (error: unknown): void => {
    if (error instanceof ProblemError) setProblem(error);
  };
  useEffect(() => {
    const ending = new AbortController();
    client.get<Exports>(`${path}/exports`, ending.signal).then(setExports, orProblem);
    return () => ending.abort();
  }, [path]);
  const nameOf = (shop: string, format: string) => `${shop}-${path.split('/').at(-1)}.${format}`;
  const fetchTable = (shop: string, format: string) =>
    fetchFile(`${path}/export?for=${shop}&format=${format}`, nameOf(shop, format));
  const fault = failed ?? problem;
  return (
    <Modal kind="box" label={translate('exports')} onClose={onClose}>
      {(close) => (
        <div class="dialog-form">
          <h2>{translate('exports')}</h2>
          <p class="soft">{translate('exportsHint')}</p>
          {exports && (
            <ul class="export-list">
              {exports.formats.map((shop) => (
                <Shop key={shop.for} shop={shop} busy={busy} nameOf={nameOf} onFetch={fetchTable} />
              ))}
            </ul>
          )}
          {exports && <LinkNote links={exports.links} />}
          <FeedLink client={client} path={path} />
          {fault && <ProblemNote title={translate('exportFailed')} error={fault} />}
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

function Shop(props: {
  shop: ExportFormat;
  busy: string | null;
  nameOf: (shop: string, format: string) => string;
  onFetch: (shop: string, format: string) => Promise<void>;
}) {
  const { shop, busy, nameOf, onFetch } = props;
  const label =
    shop.for === 'generic' ? translate(shop.isOwn ? 'exportOwnTable' : 'exportPlainTable') : shop.label;
  return (
    <li class="export-shop">
      <span>
        {label} {shop.isOwn && shop.for !== 'generic' && <span class="soft">{translate('exportOwn')}</span>}
      </span>
      {[shop.format, 'xlsx'].map((format) => (
        <button
          key={format}
          type="button"
          disabled={busy !== null}
          aria-label={`${label}, ${format.toUpperCase()}`}
          onClick={() => void onFetch(shop.for, format)}
        >
          {busy === nameOf(shop.for, format) ? translate('fetching') : format.toUpperCase()}
        </button>
      ))}
    </li>
  );
}

function LinkNote({ links: { expiresAt, isPublic, host } }: { links: Exports['links'] }) {
  return (
    <>
      <p class="soft">
        {expiresAt === null
          ? translate('exportLinksForGood')
          : translate('exportLinksUntil', { at: formatTime(expiresAt, language.get()) })}
      </p>
      {!isPublic && <p class="note">{translate('exportLinksPrivate', { host })}</p>}
    </>
  );
}
