import type { BatchCounts, SkuState } from '@image-studio/contract';
import type { SkuFilter } from '../state/batch-state.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { COUNTED_STATES } from '../ui/counted-states.ts';
import './state-counts.css';

/** The counts, which add up to the total. Each is a filter, and the legend of the bar above. */
export function StateCounts(props: {
  counts: BatchCounts;
  filter: SkuFilter;
  onChange: (filter: SkuFilter) => void;
}) {
  const { counts, filter, onChange } = props;
  // The room of the largest figure that can come, so that nothing moves when one grows.
  const digits = formatCount(counts.total).length;
  const choose = (state: SkuState | undefined): void =>
    onChange({ ...(state && { state }), ...(filter.q && { q: filter.q }) });
  return (
    <fieldset class="state-counts">
      <legend class="visually-hidden">{translate('filterByState')}</legend>
      {[undefined, ...COUNTED_STATES].map((state) => (
        <button
          key={state ?? 'all'}
          type="button"
          class={`state-count state-count-${state ?? 'all'} ${counts[state ?? 'total'] === 0 ? 'state-count-none' : ''}`}
          aria-pressed={filter.state === state}
          onClick={() => choose(state)}
        >
          <span>{translate(state ?? 'all')}</span>
          <b style={{ minWidth: `${digits}ch` }}>{formatCount(counts[state ?? 'total'])}</b>
        </button>
      ))}
    </fieldset>
  );
}
