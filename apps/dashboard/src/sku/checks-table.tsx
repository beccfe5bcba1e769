import type { Check } from '@image-studio/contract';
import { formatMeasured } from '../text/check-sentence.ts';
import { translate } from '../text/translate.ts';
import './checks-table.css';

/** What the gate measured on a picture, failures first. */
export function ChecksTable({ checks }: { checks: Check[] }) {
  const sorted = [...checks].sort((a, b) => Number(a.pass) - Number(b.pass));
  return (
    <div class="checks">
      <table class="small">
        <caption class="visually-hidden">{translate('checks')}</caption>
        <thead>
          <tr>
            <th scope="col">{translate('rule')}</th>
            <th scope="col">{translate('measured')}</th>
            <th scope="col">{translate('required')}</th>
            <th scope="col">
              <span class="visually-hidden">{translate('checks')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((check) => (
            <tr key={check.rule}>
              <th scope="row">
                {check.rule}
                {check.fix && (
                  <span class="soft">
                    {' '}
                    · {translate('fix')}: {check.fix}
                  </span>
                )}
              </th>
              <td>{formatMeasured(check.measured)}</td>
              <td>{check.required}</td>
              <td class={check.pass ? 'check-pass' : 'check-fail'}>
                {check.pass ? `✓ ${translate('pass')}` : `✕ ${translate('fail')}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
