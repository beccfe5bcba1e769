import type { BatchSummary, BatchView } from '@image-studio/contract';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { FLEET_POLL_MS, usePoll } from '../fleet/use-poll.ts';
import { useStanding } from '../fleet/use-standing.ts';
import { Insights } from '../insights/insights.tsx';
import type { BulkPlan } from '../review/review-desk.ts';
import { LazySamplePanel } from '../sample/lazy-sample-panel.tsx';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import { startPoll } from '../state/poll.ts';
import type { Studio } from '../studio.ts';
import { useStore } from '../ui/use-store.ts';
import { useTitle } from '../ui/use-title.ts';
import { createBatchActions, type RetryTarget } from './batch-actions.ts';
import { BatchHeader } from './batch-header.tsx';
import type { BatchSession } from './batch-session.ts';
import { EconomyNote } from './economy-note.tsx';
import { goInBatch } from './go-in-batch.ts';
import type { Quota } from './quota.ts';
import { RetryDialog } from './retry-dialog.tsx';
import { ReviewArea } from './review-area.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

/** Figures that need no split second. */
const SUMMARY_MS = 5_000;

/** The page of a batch that is there: header, charts, gallery, the screen of one SKU, and the dialogs over them. */
export function BatchWorkbench(props: {
  studio: Studio;
  session: BatchSession;
  state: BatchState;
  id: string;
  sku: string | null;
  isListBroken: boolean;
}) {
  const { studio, session, state, id, sku, isListBroken } = props;
  const { client } = studio;
  const { batch, filter } = state;
  const actions = useMemo(() => createBatchActions(session, client), [session]);
  const summaries = useMemo(
    () => startPoll((signal) => client.get<BatchSummary>(`${session.path}/summary`, signal), SUMMARY_MS),
    [session],
  );
  useEffect(() => summaries.close, [summaries]);
  // The last figures of a batch should not be five seconds old.
  useEffect(() => summaries.refresh(), [batch.status]);
  const summary = useStore(summaries.value);
  const { value: quota } = usePoll<Quota>(studio, 'quota', FLEET_POLL_MS);
  const standing = useStanding(studio)(batch);
  const isSummaryBroken = useStore(summaries.isBroken);
  useTitle(progressTitle(batch));
  const [retrying, setRetrying] = useState<RetryTarget | null>(null);

  const sharedPhotoActions = useMemo(() => {
    const review = (photo: string, more: object) =>
      client.post<BulkPlan>(`${session.path}/review`, { filter: { photo, rule: 'sharedPhoto' }, ...more });
    return {
      plan: (photo: string) => review(photo, { decision: 'approve', dryRun: true }),
      decide: (photo: string, decision: 'approve' | 'reject') =>
        review(photo, { decision }).then(() => summaries.refresh()),
    };
  }, [session]);

  const goTo = (next: SkuFilter, open: string | null = null): void =>
    goInBatch(id, { filter, sku }, { filter: next, sku: open });

  return (
    <>
      <BatchHeader
        {...{ studio, batch, standing, quota, actions, filter }}
        stages={summary?.stages ?? null}
        pace={state.pace}
        history={summary?.history ?? []}
        economy={summary?.economy}
        onFilter={goTo}
      />
      {batch.sample && batch.sample.state !== 'done' && (
        <LazySamplePanel
          {...{ client, batch, actions }}
          path={session.path}
          onOpen={(open) => goTo(filter, open)}
        />
      )}
      {batch.finishedAt === null && <EconomyNote economy={summary?.economy} />}
      <Insights
        {...{ client, batch, summary, filter }}
        path={session.path}
        isBroken={isSummaryBroken}
        onFilter={goTo}
        onRetry={(reason) => setRetrying({ reason })}
        sharedPhotoActions={sharedPhotoActions}
      />
      <WebhookPanel studio={studio} path={session.path} />
      <ReviewArea
        {...{ client, session, state, summary, sku, isListBroken }}
        onGo={goTo}
        onRetry={setRetrying}
      />
      {retrying && <RetryDialog target={retrying} actions={actions} onClose={() => setRetrying(null)} />}
    </>
  );
}

/** The tab says how far it is: people keep it open behind others. */
function progressTitle({ counts, name, id }: BatchView): string {
  const ended = counts.total - counts.waiting - counts.active;
  const percent = Math.floor((ended * 100) / Math.max(1, counts.total));
  return `${percent} % · ${name ?? id}`;
}
