import type { StageSummary } from '@image-studio/contract';
import { formatCount, formatMs } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import './stage-funnel.css';

/** How many SKUs have passed each stage, how many are in it, and how long it takes. */
export function StageFunnel({ stages }: { stages: StageSummary[] | null }) {
  if (stages === null) return <div class="panel-body waiting-room" />;
  const most = Math.max(1, ...stages.map(({ done, active }) => done + active));
  return (
    <ul class="panel-body funnel">
      {stages.map(({ stage, active, done, p50Ms }) => (
        <li key={stage}>
          <span class="funnel-name">{translate(stage)}</span>
          <span class="funnel-count">
            {formatCount(done)}
            {active > 0 && <b> {translate('stageNow', { n: active })}</b>}
          </span>
          <span class="funnel-track" aria-hidden="true">
            <span class="funnel-done" style={{ width: `${(done * 100) / most}%` }} />
            <span class="funnel-active" style={{ width: `${(active * 100) / most}%` }} />
          </span>
          <span class="funnel-time soft">
            {p50Ms === null ? '' : translate('stageMedian', { time: formatMs(p50Ms) })}
          </span>
        </li>
      ))}
    </ul>
  );
}
