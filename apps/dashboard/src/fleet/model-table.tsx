import type { Studio } from '../studio.ts';
import words from '../text/en/models.json' with { type: 'json' };
import { formatCount, formatMs, formatUsd } from '../text/format.ts';
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';
import { QuotaForm } from './quota-form.tsx';
import './model-table.css';

learnTexts(words);

/** What `GET /models` says of one of them. */
export interface ModelView {
  alias: string;
  model: string;
  pool: string;
  isDefault: boolean;
  health: 'up' | 'down' | 'paused' | 'unserved';
  quota: {
    callsPerMinute: number;
    callsLastMinute: number;
    callsToday: number;
    callsPerDay: number | null;
  };
  latencyMs: { p50: number; p90: number } | null;
  priceUsd: { estimate: number; seen: number | null };
}

const HEALTH = {
  up: 'modelUp',
  down: 'modelDown',
  paused: 'modelPaused',
  unserved: 'modelUnserved',
} as const;

/** The models that batches may name: how each is, what of its quota is used, how long it takes and what it costs. */
export function ModelTable(props: { studio: Studio; models: readonly ModelView[]; maySetQuota: boolean }) {
  const { studio, models, maySetQuota } = props;
  return (
    <table class="models">
      <thead>
        <tr>
          <th scope="col">{translate('model')}</th>
          <th scope="col">{translate('modelState')}</th>
          <th scope="col">{translate('lastMinute')}</th>
          <th scope="col">{translate('modelToday')}</th>
          <th scope="col">{translate('modelTime')}</th>
          <th scope="col">{translate('modelPrice')}</th>
          {maySetQuota && (
            <th scope="col">
              <span class="visually-hidden">{translate('quotaSet')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {models.map(({ alias, model, pool, isDefault, health, quota, latencyMs, priceUsd }) => (
          <tr key={alias}>
            <th scope="row">
              {alias} <span class="small soft">{model}</span>
              {isDefault && alias !== 'default' && (
                <span class="small soft"> · {translate('modelDefault')}</span>
              )}
            </th>
            <td data-label={translate('modelState')}>
              <span class={`model-health model-health-${health}`}>{translate(HEALTH[health])}</span>
            </td>
            <td data-label={translate('lastMinute')}>
              {formatCount(quota.callsLastMinute)} / {formatCount(quota.callsPerMinute)}
            </td>
            <td data-label={translate('modelToday')}>
              {formatCount(quota.callsToday)}
              {quota.callsPerDay !== null && ` / ${formatCount(quota.callsPerDay)}`}
            </td>
            <td data-label={translate('modelTime')}>{latencyMs === null ? '–' : formatMs(latencyMs.p50)}</td>
            <td data-label={translate('modelPrice')}>{priceOf(priceUsd)}</td>
            {maySetQuota && (
              <td class="model-set">
                <QuotaForm {...{ studio, pool }} callsPerMinute={quota.callsPerMinute} of={alias} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What pictures have cost lately, else what quotes assume. */
function priceOf({ estimate, seen }: ModelView['priceUsd']): string {
  if (seen !== null) return formatUsd(seen);
  return estimate === 0 ? translate('modelFree') : translate('modelAtMost', { cost: formatUsd(estimate) });
}
