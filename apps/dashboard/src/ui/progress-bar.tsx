import type { BatchCounts } from '@image-studio/contract';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { COUNTED_STATES } from './counted-states.ts';
import './progress-bar.css';

/** One bar, one segment a state, in the order in which SKUs end up. */
export function ProgressBar({ counts }: { counts: BatchCounts }) {
  const ended = counts.total - counts.waiting - counts.active;
  const words = COUNTED_STATES.filter((state) => counts[state] > 0)
    .map((state) => `${translate(state)}: ${formatCount(counts[state])}`)
    .join(', ');
  return (
    <div
      class="progress"
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={counts.total}
      aria-valuenow={ended}
      aria-valuetext={words}
      aria-label={translate('skusDone', { done: ended, total: counts.total })}
    >
      {COUNTED_STATES.map((state) => (
        <span
          key={state}
          class={`progress-part progress-${state}`}
          style={{ flexGrow: counts[state] }}
          hidden={counts[state] === 0}
        />
      ))}
    </div>
  );
}
