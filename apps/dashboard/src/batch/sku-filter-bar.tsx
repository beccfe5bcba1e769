import type { BatchCounts, SkuState } from '@image-studio/contract';
import { useEffect, useRef } from 'preact/hooks';
import type { SkuFilter } from '../state/batch-state.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { COUNTED_STATES } from '../ui/counted-states.ts';
import './sku-filter-bar.css';

/** A search waits for a pause in the typing. */
const TYPING_MS = 250;

/** The counts, which add up to the total, as filters; and the search by SKU code. */
export function SkuFilterBar(props: {
  counts: BatchCounts;
  filter: SkuFilter;
  onChange: (filter: SkuFilter) => void;
}) {
  const { counts, filter, onChange } = props;
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(typing.current), []);

  const choose = (state: SkuState | undefined): void => {
    onChange({ ...(state && { state }), ...(filter.q && { q: filter.q }) });
  };
  const search = (text: string): void => {
    clearTimeout(typing.current);
    const q = text.trim();
    typing.current = setTimeout(
      () => onChange({ ...(filter.state && { state: filter.state }), ...(q && { q }) }),
      TYPING_MS,
    );
  };

  return (
    <div class="filter-bar">
      <fieldset class="filter-states">
        <legend class="visually-hidden">{translate('filterByState')}</legend>
        {[undefined, ...COUNTED_STATES].map((state) => (
          <button
            key={state ?? 'all'}
            type="button"
            class={`filter filter-${state ?? 'all'}`}
            aria-pressed={filter.state === state}
            onClick={() => choose(state)}
          >
            {translate(state ?? 'all')}
            <b>{formatCount(counts[state ?? 'total'])}</b>
          </button>
        ))}
      </fieldset>
      <input
        type="search"
        aria-label={translate('search')}
        placeholder={translate('search')}
        defaultValue={filter.q ?? ''}
        onInput={(event) => search(event.currentTarget.value)}
      />
    </div>
  );
}
