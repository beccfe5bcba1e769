import type { BatchSummary } from '@image-studio/contract';
import type { SkuFilter } from '../state/batch-state.ts';
import { checkName } from '../text/check-words.ts';
import { failureName } from '../text/failure-words.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';

/** Narrows the list to what failed for one reason, or did not pass one check; offers what there is. */
export function ReasonSelect(props: {
  filter: SkuFilter;
  summary: BatchSummary | null;
  onFilter: (filter: SkuFilter) => void;
}) {
  const { filter, summary, onFilter } = props;
  const value = filter.reason ? `reason ${filter.reason}` : filter.rule ? `rule ${filter.rule}` : '';
  const reasons = optionsOf(summary?.failures.map(({ code, count }) => [code, count]) ?? [], filter.reason);
  const rules = optionsOf(summary?.checks.map(({ rule, count }) => [rule, count]) ?? [], filter.rule);
  return (
    <select
      aria-label={translate('filterByReason')}
      value={value}
      disabled={reasons.length + rules.length === 0}
      onChange={(event) => {
        const [kind, name] = event.currentTarget.value.split(' ', 2);
        const { reason: _, rule: __, ...rest } = filter;
        onFilter({ ...rest, ...(kind && name ? { [kind]: name } : {}) });
      }}
    >
      <option value="">{translate('anyReason')}</option>
      {reasons.length > 0 && (
        <optgroup label={translate('reasons')}>
          {reasons.map(([code, count]) => (
            <option key={code} value={`reason ${code}`}>
              {failureName(code)} {count}
            </option>
          ))}
        </optgroup>
      )}
      {rules.length > 0 && (
        <optgroup label={translate('checksNotPassed')}>
          {rules.map(([rule, count]) => (
            <option key={rule} value={`rule ${rule}`}>
              {checkName(rule)} {count}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}

/** What there is, with counts, and the chosen one even when there is none left of it. */
function optionsOf(found: (readonly [string, number])[], chosen: string | undefined): [string, string][] {
  const options = found.map(([name, count]): [string, string] => [name, `(${formatCount(count)})`]);
  const isThere = chosen === undefined || found.some(([name]) => name === chosen);
  return isThere ? options : [[chosen, ''], ...options];
}
