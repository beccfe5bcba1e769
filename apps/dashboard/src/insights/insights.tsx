import type { BatchSummary, BatchView } from '@image-studio/contract';
import type { StudioClient } from '../api/studio-client.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { FailureGroups } from './failure-groups.tsx';
import type { SharedPhotoActions } from './shared-photos.tsx';
import { StageFunnel } from './stage-funnel.tsx';
import { ThroughputChart } from './throughput-chart.tsx';
import './insights.css';

/** How fast it goes, where the work is, and why some of it failed. A phone shows it on demand. */
export function Insights(props: {
  client: StudioClient;
  /** Of the batch, in the API. */
  path: string;
  batch: BatchView;
  summary: BatchSummary | null;
  isBroken: boolean;
  filter: SkuFilter;
  onFilter: (filter: SkuFilter) => void;
  onRetry: (reason: string) => void;
  sharedPhotoActions: SharedPhotoActions;
}) {
  const { client, path, batch, summary, isBroken, filter, onFilter, onRetry, sharedPhotoActions } = props;
  const failed = batch.counts.failed;
  return (
    <details class="insights" open={matchMedia('(min-width: 761px)').matches}>
      <summary>
        {translate('insights')}
        {failed > 0 && <span class="insights-failed">{formatCount(failed)}</span>}
      </summary>
      <div class="insights-panels">
        <section class="panel" aria-labelledby="panel-throughput">
          <h2 id="panel-throughput">
            {translate('throughput')} <span class="small soft">{translate('throughputUnit')}</span>
          </h2>
          <ThroughputChart history={summary?.history ?? null} hasEnded={batch.finishedAt !== null} />
        </section>
        <section class="panel" aria-labelledby="panel-stages">
          <h2 id="panel-stages">{translate('stages')}</h2>
          <StageFunnel stages={summary?.stages ?? null} />
        </section>
        <div class="panel">
          <h2 id="panel-failures">{translate('failureGroups')}</h2>
          <FailureGroups {...{ client, path, summary, filter, onFilter, onRetry, sharedPhotoActions }} />
        </div>
      </div>
      {isBroken && <p class="small soft">{translate('summaryFailed')}</p>}
    </details>
  );
}
