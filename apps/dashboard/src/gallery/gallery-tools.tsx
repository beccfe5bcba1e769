import type { BatchSummary } from '@image-studio/contract';
import { useContext, useEffect, useRef } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { isNarrow } from '../state/matches-filter.ts';
import { translate } from '../text/translate.ts';
import { COUNTED_STATES } from '../ui/counted-states.ts';
import type { GalleryKind } from './grid-layout.ts';
import { ReasonSelect } from './reason-select.tsx';
import './gallery-tools.css';

/** A search waits for a pause in the typing. */
const TYPING_MS = 250;

/** What stays at hand while one scrolls: filters, search, view, selection, downloads, exports, keys. */
export function GalleryTools(props: {
  filter: SkuFilter;
  summary: BatchSummary | null;
  kind: GalleryKind;
  isSelecting: boolean;
  /** SKUs that the filter leaves; `null` while that is not certain. */
  count: number | null;
  onFilter: (filter: SkuFilter) => void;
  onKind: (kind: GalleryKind) => void;
  onSelecting: (on: boolean) => void;
  onDownload: () => void;
  onExport: () => void;
  onKeys: () => void;
}) {
  const { filter, summary, kind, isSelecting, count, onFilter } = props;
  return (
    <div class="tools">
      <select
        aria-label={translate('filterByState')}
        value={filter.state ?? ''}
        onChange={(event) => {
          const state = COUNTED_STATES.find((one) => one === event.currentTarget.value);
          onFilter({ ...(state && { state }), ...(filter.q && { q: filter.q }) });
        }}
      >
        <option value="">{translate('anyState')}</option>
        {COUNTED_STATES.map((state) => (
          <option key={state} value={state}>
            {translate(state)}
          </option>
        ))}
      </select>
      <ReasonSelect filter={filter} summary={summary} onFilter={onFilter} />
      <Search filter={filter} onFilter={onFilter} />
      {isNarrow(filter) && (
        <button type="button" class="tools-plain" onClick={() => onFilter({})}>
          {translate('clearFilter')}
        </button>
      )}
      <span class="tools-count small soft" role="status">
        {count === null ? '' : translate('manySkus', { n: count })}
      </span>
      <fieldset class="tools-kinds">
        <legend class="visually-hidden">{translate('gallery')}</legend>
        {(['results', 'pairs'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class={`tools-kind tools-kind-${one}`}
            aria-pressed={kind === one}
            aria-label={translate(one === 'pairs' ? 'viewPairs' : 'viewResults')}
            title={translate(one === 'pairs' ? 'viewPairs' : 'viewResults')}
            onClick={() => props.onKind(one)}
          />
        ))}
      </fieldset>
      {useContext(MayChange) && (
        <button
          type="button"
          class="tools-plain"
          aria-pressed={isSelecting}
          onClick={() => props.onSelecting(!isSelecting)}
        >
          {translate('select')}
        </button>
      )}
      <button type="button" class="tools-plain" onClick={props.onDownload}>
        {translate('downloads')}
      </button>
      <button type="button" class="tools-plain" onClick={props.onExport}>
        {translate('exports')}
      </button>
      <button
        type="button"
        class="tools-plain tools-keys"
        aria-label={translate('keysShow')}
        title={translate('keysShow')}
        onClick={props.onKeys}
      >
        ?
      </button>
    </div>
  );
}

function Search({ filter, onFilter }: { filter: SkuFilter; onFilter: (filter: SkuFilter) => void }) {
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(typing.current), []);
  // Set from outside when the filter is cleared, but never under the fingers of who types.
  useEffect(() => {
    if (box.current && document.activeElement !== box.current) box.current.value = filter.q ?? '';
  }, [filter.q]);
  return (
    <input
      ref={box}
      id="sku-search"
      type="search"
      aria-label={translate('search')}
      placeholder={translate('search')}
      defaultValue={filter.q ?? ''}
      onInput={(event) => {
        clearTimeout(typing.current);
        const q = event.currentTarget.value.trim();
        const { q: _, ...rest } = filter;
        typing.current = setTimeout(() => onFilter({ ...rest, ...(q && { q }) }), TYPING_MS);
      }}
    />
  );
}
