import type { BatchView } from '@image-studio/contract';
import { imagesPerMinute, type PaceSample } from '../state/pace.ts';
import { formatCount, formatEta, formatSeconds, formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { BatchActions } from './batch-actions.tsx';
import './batch-header.css';

/** The one glance: status, bar, pace, cost, time left. */
export function BatchHeader(props: {
  batch: BatchView;
  pace: readonly PaceSample[];
  act: Parameters<typeof BatchActions>[0]['act'];
}) {
  const { batch, pace, act } = props;
  return (
    <section class="batch-header" aria-label={batch.name ?? batch.id}>
      <div class="batch-header-title">
        <h1>{batch.name ?? translate('unnamed', { id: batch.id })}</h1>
        <StateBadge state={batch.status} />
        <BatchActions batch={batch} act={act} />
      </div>
      <ProgressBar counts={batch.counts} />
      <dl class="facts">
        {facts(batch, pace).map(([name, value, hint]) => (
          <div key={name} title={hint}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function facts(batch: BatchView, pace: readonly PaceSample[]): [string, string, string?][] {
  const { counts, images, calls } = batch;
  const done = counts.total - counts.waiting - counts.active;
  const rate = pacePerMinute(batch, pace);
  return [
    ['SKU', `${formatCount(done)} / ${formatCount(counts.total)}`],
    [translate('pictures'), `${formatCount(images.done)} / ${formatCount(images.expected)}`],
    [translate('pace'), rate === null ? '–' : rate.toFixed(1)],
    [translate('cost'), formatUsd(batch.costUsd)],
    [translate('calls'), formatCount(calls.made), translate('callsDetail', calls)],
    batch.finishedAt === null
      ? [translate('eta'), batch.eta ? formatEta(batch.eta) : translate('etaUnknown')]
      : [translate('took'), formatSeconds(tookMs(batch, batch.finishedAt) / 1_000)],
  ];
}

/** Of the last minute while it runs, of the whole once it has ended. */
function pacePerMinute(batch: BatchView, pace: readonly PaceSample[]): number | null {
  if (batch.finishedAt === null) return imagesPerMinute(pace, Date.now());
  const ms = tookMs(batch, batch.finishedAt);
  return ms > 0 ? (batch.images.done * 60_000) / ms : null;
}

function tookMs({ createdAt }: BatchView, finishedAt: string): number {
  return Date.parse(finishedAt) - Date.parse(createdAt);
}
