import type { BatchView } from '@image-studio/contract';
import { formatCount, formatEta, formatTime, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { batchHash } from '../ui/route.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import './batch-row.css';

/** One batch in the list: how far, how it goes, what it cost, how long still. */
export function BatchRow({ batch }: { batch: BatchView }) {
  const { counts } = batch;
  const done = counts.total - counts.waiting - counts.active;
  return (
    <li class="batch-row">
      <div class="batch-row-head">
        <a href={batchHash(batch.id)}>{batch.name ?? translate('unnamed', { id: batch.id })}</a>
        <StateBadge state={batch.status} />
      </div>
      <ProgressBar counts={counts} />
      <div class="batch-row-facts small soft">
        <span>{translate('skusDone', { done: formatCount(done), total: formatCount(counts.total) })}</span>
        {counts.failed > 0 && (
          <span class="danger">
            {formatCount(counts.failed)} {translate('failed')}
          </span>
        )}
        {counts.needsReview > 0 && (
          <span>
            {formatCount(counts.needsReview)} {translate('needsReview')}
          </span>
        )}
        <span>
          {translate('cost')} {formatUsd(batch.costUsd)}
        </span>
        {batch.eta && (
          <span>
            {translate('eta')} {formatEta(batch.eta)}
          </span>
        )}
        <time class="batch-row-time" dateTime={batch.createdAt}>
          {formatTime(batch.createdAt, language.get())}
        </time>
      </div>
    </li>
  );
}
