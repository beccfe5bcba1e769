import { useEffect, useMemo } from 'preact/hooks';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import { visibleSkus } from '../state/visible-skus.ts';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { batchHash } from '../ui/route.ts';
import { useStore } from '../ui/use-store.ts';
import { BatchHeader } from './batch-header.tsx';
import { type BatchSession, openBatch } from './batch-session.ts';
import { SkuDrawer } from './sku-drawer.tsx';
import { SkuFilterBar } from './sku-filter-bar.tsx';
import { SkuGrid } from './sku-grid.tsx';

/** One batch: its numbers, its controls, its SKUs. The address keeps the filter and the open SKU. */
export function BatchPage(props: { studio: Studio; id: string; filter: SkuFilter; sku: string | null }) {
  const { studio, id, filter, sku } = props;
  const session = useMemo(() => openBatch(id, filter, studio), [id, studio]);
  useEffect(() => session.close, [session]);
  const { state, problem, loadingPage } = useStore(session.view);

  const asked = JSON.stringify(filter);
  useEffect(() => {
    if (state && JSON.stringify(state.filter) !== asked) session.setFilter(filter);
  }, [asked, state, session]);

  return (
    <>
      <a class="small" href="#/">
        ← {translate('backToBatches')}
      </a>
      {problem && !state && (
        <ProblemNote
          title={translate('batchFailed')}
          error={problem}
          onRetry={problem.problem.status === 404 ? undefined : () => location.reload()}
        />
      )}
      {!problem && !state && (
        <p class="soft" role="status">
          {translate('loading')}
        </p>
      )}
      {state && <Loaded {...{ session, state, loadingPage, id, filter, sku }} />}
    </>
  );
}

function Loaded(props: {
  session: BatchSession;
  state: BatchState;
  loadingPage: boolean;
  id: string;
  filter: SkuFilter;
  sku: string | null;
}) {
  const { session, state, id, filter, sku } = props;
  const { batch } = state;
  return (
    <>
      <BatchHeader batch={batch} pace={state.pace} act={session.act} />
      <SkuFilterBar
        counts={batch.counts}
        filter={filter}
        onChange={(next) => location.replace(batchHash(id, next))}
      />
      <SkuGrid
        batch={batch}
        filter={filter}
        skus={visibleSkus(state)}
        hasMore={state.nextCursor !== null}
        loading={props.loadingPage}
        loadMore={session.loadMore}
      />
      {sku !== null && (
        <SkuDrawer
          key={sku}
          batch={batch}
          code={sku}
          sku={state.skus.get(sku) ?? null}
          read={() => session.readSku(sku)}
          onClose={() => location.replace(batchHash(id, filter))}
        />
      )}
    </>
  );
}
