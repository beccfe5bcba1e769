import type { Check } from '@image-studio/contract';
import { HelpLink } from '../help/help-link.tsx';
import { checkHelp, checkMeasured, checkName, checkRequired } from '../text/check-words.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import './checks-table.css';

/** What the checks measured on a picture, failures first. */
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
                {checkName(check.rule)}{' '}
                <HelpLink about={`check_${check.rule}`} name={checkName(check.rule)} />
                <small class="check-help soft">{checkHelp(check.rule)}</small>
                {check.fix && (
                  <span class="soft">
                    {' '}
                    · {translate('fix')}: {serverWords({ message: check.fix })}
                  </span>
                )}
              </th>
              <td>{checkMeasured(check)}</td>
              <td>{checkRequired(check)}</td>
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
