import type { BatchView } from '@image-studio/contract';
import type { BatchStanding } from '../batch/batch-standing.ts';
import type { Studio } from '../studio.ts';
import { formatEta, formatSeconds, formatTime, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { batchHash } from '../ui/batch-hash.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { BatchThumbs } from './batch-thumbs.tsx';
import './batch-row.css';

/** One batch in the list: how far, how it goes, what it cost, how long still. */
export function BatchRow({
  studio,
  batch,
  standing,
}: {
  studio: Studio;
  batch: BatchView;
  standing: BatchStanding;
}) {
  const { counts, status, pausedFor } = batch;
  const done = counts.total - counts.waiting - counts.active;
  const time = timeOf(batch, standing);
  return (
    <li class="batch-row">
      <div class="batch-row-head">
        <a href={batchHash(batch.id)}>{batch.name ?? translate('unnamed', { id: batch.id })}</a>
        {status === 'paused' && pausedFor === 'budget' && (
          <span class="small batch-row-why">{translate('budgetReached')}</span>
        )}
        {status === 'paused' && pausedFor === 'sample' && (
          <span class="small batch-row-why">{translate('sampleReady')}</span>
        )}
        <BatchThumbs {...{ studio, batch }} />
        <StateBadge state={standing} />
      </div>
      <ProgressBar counts={counts} />
      <div class="batch-row-facts small soft">
        <span class="batch-row-done">{translate('skusDone', { done, total: counts.total })}</span>
        {counts.failed > 0 && <span class="danger">{translate('statusFailed', { n: counts.failed })}</span>}
        {counts.needsReview > 0 && (
          <span class="batch-row-review">{translate('statusToReview', { n: counts.needsReview })}</span>
        )}
        <span>{costOf(batch)}</span>
        {time !== null && <span>{time}</span>}
        <time class="batch-row-time" dateTime={batch.createdAt}>
          {formatTime(batch.createdAt, language.get())}
        </time>
      </div>
    </li>
  );
}

function costOf({ costUsd, budgetUsd }: BatchView): string {
  const cost = `${translate('cost')} ${formatUsd(costUsd)}`;
  return budgetUsd === null ? cost : `${cost} / ${formatUsd(budgetUsd)}`;
}

/** How long it will take, or took; of one that cannot go on nobody knows. */
function timeOf({ eta, createdAt, finishedAt }: BatchView, standing: BatchStanding): string | null {
  if (eta && (standing === 'running' || standing === 'queued'))
    return `${translate('eta')} ${formatEta(eta)}`;
  if (finishedAt === null) return null;
  const seconds = (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000;
  return `${translate('took')} ${formatSeconds(Math.max(1, seconds))}`;
}
