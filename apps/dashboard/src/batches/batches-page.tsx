import { useEffect, useMemo } from 'preact/hooks';
import { FleetStrip } from '../fleet/fleet-strip.tsx';
import { useStanding } from '../fleet/use-standing.ts';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useStore } from '../ui/use-store.ts';
import { useTitle } from '../ui/use-title.ts';
import { openBatchList } from './batch-list-session.ts';
import { BatchRow } from './batch-row.tsx';
import { FoundSku } from './found-sku.tsx';
import { type ListFilter, listHash, listQuery } from './list-filter.ts';
import { ListTools } from './list-tools.tsx';
import { useListPosition } from './use-list-position.ts';
import './batches-page.css';

/** All batches, newest first, or those that the filter of the address leaves. */
export function BatchesPage({ studio, filter }: { studio: Studio; filter: ListFilter }) {
  useTitle(translate('batches'));
  const { status, q, toReview } = filter;
  const session = useMemo(() => openBatchList(studio, filter), [studio, status, q, toReview]);
  useEffect(() => session.close, [session]);
  useListPosition(session, listQuery(filter).toString());
  const { batches, nextCursor, problem, isLoadingMore } = useStore(session.view);
  const standingOf = useStanding(studio);
  const isFiltered = status !== undefined || q !== undefined || toReview === true;
  const isFirst = batches?.length === 0 && !isFiltered;
  return (
    <>
      <div class="batches-head">
        <h1>{translate('batches')}</h1>
        <FleetStrip studio={studio} />
      </div>
      {!isFirst && <ListTools filter={filter} />}
      {problem && (
        <ProblemNote title={translate('listFailed')} error={problem} onRetry={() => void session.reload()} />
      )}
      {batches === null && !problem && <WaitingRows />}
      {isFirst && <NoBatches />}
      {q !== undefined && <FoundSku {...{ studio, q }} />}
      {batches?.length === 0 && isFiltered && <NoneFound />}
      {batches && batches.length > 0 && (
        <ul class="batches">
          {batches.map((batch) => (
            <BatchRow key={batch.id} studio={studio} batch={batch} standing={standingOf(batch)} />
          ))}
        </ul>
      )}
      {nextCursor !== null && (
        <button
          type="button"
          class="batches-more"
          aria-busy={isLoadingMore}
          onClick={() => void session.loadMore()}
        >
          {translate(isLoadingMore ? 'loading' : 'loadMore')}
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

function NoneFound() {
  return (
    <div class="note batches-none" role="status">
      <h2>{translate('noBatchMatches')}</h2>
      <a class="button" href={listHash({})}>
        {translate('clearFilter')}
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
