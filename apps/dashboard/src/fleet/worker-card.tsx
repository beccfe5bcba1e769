import { formatCount, formatSeconds } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import type { WorkerView } from './fleet-state.ts';
import './worker-card.css';

const STAGES = ['download', 'prepare', 'generate', 'finish', 'upload'] as const;

/** One worker: where it runs, since when, and what it does now. */
export function WorkerCard({ worker }: { worker: WorkerView }) {
  const { id, host, pid, version, startedAt, lastSeenAt, stages = {}, activeSkus, activeCalls } = worker;
  const upSeconds = (Date.parse(lastSeenAt) - Date.parse(startedAt)) / 1000;
  const isIdle = activeSkus + activeCalls === 0;
  return (
    <li class="worker">
      <div class="worker-head">
        <strong>{host === null ? id : `${host} · ${pid}`}</strong>
        <span class="small soft">
          v{version} · {translate('upFor', { time: formatSeconds(Math.max(1, upSeconds)) })}
        </span>
      </div>
      <ul class="worker-stages">
        {STAGES.map((stage) => (
          <li key={stage} class={stages[stage] ? 'worker-stage worker-busy' : 'worker-stage'}>
            <span class="worker-count">{formatCount(stages[stage] ?? 0)}</span>
            <span class="small">{translate(stage)}</span>
          </li>
        ))}
      </ul>
      <p class="small soft">
        {isIdle ? translate('workerIdle') : translate('workerBusy', { skus: activeSkus, calls: activeCalls })}
      </p>
    </li>
  );
}
