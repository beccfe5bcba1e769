import type { BatchView, EconomyProgress, HistoryBucket, StageSummary } from '@image-studio/contract';
import { useRef } from 'preact/hooks';
import { mayChange, useMe } from '../api/use-me.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import type { PaceSample } from '../state/pace.ts';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import type { BatchActions } from './batch-actions.ts';
import { BatchButtons } from './batch-buttons.tsx';
import { BatchFacts } from './batch-facts.tsx';
import { BatchMenu } from './batch-menu.tsx';
import { BatchNotes } from './batch-notes.tsx';
import type { BatchStanding } from './batch-standing.ts';
import { EndNotice } from './end-notice.tsx';
import { MadeLine } from './made-line.tsx';
import type { Quota } from './quota.ts';
import { StateCounts } from './state-counts.tsx';
import { statusWords } from './status-words.ts';
import './batch-header.css';

/** The one glance: status, bar, counts that add up, pace, cost, time left. */
export function BatchHeader(props: {
  studio: Studio;
  batch: BatchView;
  standing: BatchStanding;
  stages: readonly StageSummary[] | null;
  pace: readonly PaceSample[];
  history: readonly HistoryBucket[];
  quota: Quota | null;
  economy: EconomyProgress | undefined;
  actions: BatchActions;
  filter: SkuFilter;
  onFilter: (filter: SkuFilter) => void;
}) {
  const { client } = props.studio;
  const me = useMe(props.studio);
  const { batch, standing, stages, pace, history, quota, economy, actions, filter, onFilter } = props;
  // Events do not tell it.
  const made = useRef(batch.made);
  made.current = batch.made ?? made.current;
  const name = batch.name ?? translate('unnamed', { id: batch.id });
  return (
    <section class="batch-header" aria-label={name}>
      <div class="batch-header-title">
        <h1>{name}</h1>
        <StateBadge state={standing} />
        <span class="batch-status-more small">{statusWords(batch)}</span>
        {mayChange(me) && (
          <>
            <BatchButtons batch={batch} actions={actions} />
            <BatchMenu {...{ batch, actions, client }} />
          </>
        )}
        <EndNotice {...{ batch, name }} />
      </div>
      <MadeLine made={made.current} />
      <BatchNotes batch={batch} />
      <div class="batch-header-progress">
        <ProgressBar counts={batch.counts} />
        <StateCounts counts={batch.counts} filter={filter} onChange={onFilter} />
      </div>
      <BatchFacts {...{ batch, standing, stages, pace, history, quota, economy, actions }} />
    </section>
  );
}
