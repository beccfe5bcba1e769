import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import { navigate } from '../ui/navigate.ts';
import { BATCH_STATUSES, type ListFilter, listHash } from './list-filter.ts';
import './list-tools.css';

/** A search waits for a pause in the typing. */
const TYPING_MS = 250;

/** Search and status of the list; both live in the address, so that a reload or a link shows the same. */
export function ListTools({ filter }: { filter: ListFilter }) {
  const go = (next: ListFilter): void => {
    // No entry in the history for every letter.
    navigate(listHash(next), { replace: next.status === filter.status && next.toReview === filter.toReview });
  };
  return (
    <search class="list-tools">
      <Search q={filter.q ?? ''} onSearch={(q) => go({ ...withoutQ(filter), ...(q && { q }) })} />
      <fieldset class="list-statuses">
        <legend class="visually-hidden">{translate('filterByStatus')}</legend>
        <button
          type="button"
          class="list-status"
          aria-pressed={filter.toReview === true}
          onClick={() =>
            go({ ...(filter.q && { q: filter.q }), ...(!filter.toReview && { toReview: true }) })
          }
        >
          {translate('toReview')}
        </button>
        {[undefined, ...BATCH_STATUSES].map((status) => (
          <button
            key={status ?? 'all'}
            type="button"
            class="list-status"
            aria-pressed={filter.status === status && !filter.toReview}
            onClick={() => go({ ...(status && { status }), ...(filter.q && { q: filter.q }) })}
          >
            {translate(status ?? 'all')}
          </button>
        ))}
      </fieldset>
    </search>
  );
}

function withoutQ({ q: _, ...rest }: ListFilter): ListFilter {
  return rest;
}

function Search({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // The address has changed by other means: back, or a link.
    if (input.current && input.current !== document.activeElement) input.current.value = q;
  }, [q]);
  return (
    <input
      ref={input}
      type="search"
      aria-label={translate('searchBatches')}
      placeholder={translate('searchBatches')}
      defaultValue={q}
      maxLength={200}
      onInput={(event) => {
        const text = event.currentTarget.value.trim();
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onSearch(text), TYPING_MS);
      }}
    />
  );
}
