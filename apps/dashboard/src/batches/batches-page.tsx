import { useEffect, useMemo } from 'preact/hooks';
import { FleetStrip } from '../fleet/fleet-strip.tsx';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useStore } from '../ui/use-store.ts';
import { openBatchList } from './batch-list-session.ts';
import { BatchRow } from './batch-row.tsx';
import './batches-page.css';

/** All batches, newest first. */
export function BatchesPage({ studio }: { studio: Studio }) {
  const session = useMemo(() => openBatchList(studio), [studio]);
  useEffect(() => session.close, [session]);
  const { batches, nextCursor, problem } = useStore(session.view);
  return (
    <>
      <div>
        <h1>{translate('batches')}</h1>
        <FleetStrip studio={studio} />
      </div>
      {problem && (
        <ProblemNote title={translate('listFailed')} error={problem} onRetry={() => void session.reload()} />
      )}
      {batches === null && !problem && <WaitingRows />}
      {batches?.length === 0 && <NoBatches />}
      {batches && batches.length > 0 && (
        <ul class="batches">
          {batches.map((batch) => (
            <BatchRow key={batch.id} batch={batch} />
          ))}
        </ul>
      )}
      {nextCursor !== null && (
        <button type="button" class="batches-more" onClick={() => void session.loadMore()}>
          {translate('loadMore')}
        </button>
      )}
    </>
  );
}

function NoBatches() {
  return (
    <div class="note batches-none">
      <h2>{translate('noBatches')}</h2>
      <p class="soft">{translate('noBatchesHint')}</p>
      <a class="button primary" href="#/new">
        {translate('newBatch')}
      </a>
    </div>
  );
}

/** Holds the room of the list while it loads. */
function WaitingRows() {
  return (
    <div class="batches" role="status">
      <span class="visually-hidden">{translate('loading')}</span>
      {[0, 1, 2].map((row) => (
        <div key={row} class="batch-row batch-row-empty" aria-hidden="true" />
      ))}
    </div>
  );
}
