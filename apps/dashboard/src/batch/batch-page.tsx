import { useEffect, useMemo } from 'preact/hooks';
import type { ProblemError } from '../api/problem-error.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import type { Studio } from '../studio.ts';
import batch from '../text/en/batch.json' with { type: 'json' };
import review from '../text/en/review.json' with { type: 'json' };
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useStore } from '../ui/use-store.ts';
import { useTitle } from '../ui/use-title.ts';
import { openBatch } from './batch-session.ts';
import { BatchWorkbench } from './batch-workbench.tsx';
import { WaitingPage } from './waiting-page.tsx';

learnTexts({ ...batch, ...review });

/** One batch: its numbers, its controls, its SKUs. The address keeps the filter and the open SKU. */
export function BatchPage(props: { studio: Studio; id: string; filter: SkuFilter; sku: string | null }) {
  const { studio, id, filter, sku } = props;
  const session = useMemo(() => openBatch(id, filter, studio), [id, studio]);
  useEffect(() => session.close, [session]);
  const { state, problem, isListBroken } = useStore(session.view);

  const asked = JSON.stringify(filter);
  useEffect(() => {
    if (state && JSON.stringify(state.filter) !== asked) session.setFilter(filter);
  }, [asked, state, session]);

  return (
    <>
      <a class="small" href="#/">
        ← {translate('backToBatches')}
      </a>
      {problem && !state && <NoBatch {...{ id, problem }} />}
      {!problem && !state && <WaitingPage />}
      {state && <BatchWorkbench {...{ studio, session, state, id, sku, isListBroken }} />}
    </>
  );
}

function NoBatch({ id, problem }: { id: string; problem: ProblemError }) {
  useTitle(translate('batchFailed'));
  return (
    <>
      <h1>{translate('batchFailed')}</h1>
      <ProblemNote
        title={id}
        error={problem}
        onRetry={problem.problem.status === 404 ? undefined : () => location.reload()}
      />
    </>
  );
}
