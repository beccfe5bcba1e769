import type { Check } from '@image-studio/contract';
import { HelpLink } from '../help/help-link.tsx';
import { ChecksTable } from '../sku/checks-table.tsx';
import { checkFailure } from '../text/check-failure.ts';
import { checkName } from '../text/check-words.ts';
import { translate } from '../text/translate.ts';

/** What is wrong with a picture, in words; what was measured is folded beneath. */
export function FailedChecks({
  failing,
  all,
}: {
  failing: readonly Check[];
  all: readonly Check[] | undefined;
}) {
  return (
    <section class="panel-part">
      <h2>
        {failing.length === 0 ? translate('allPassed') : translate('whatFailed', { n: failing.length })}
      </h2>
      {failing.length > 0 && (
        <ul class="failed-checks">
          {failing.map((check) => (
            <li key={check.rule}>
              {checkFailure(check)} <HelpLink about={`check_${check.rule}`} name={checkName(check.rule)} />
            </li>
          ))}
        </ul>
      )}
      {all !== undefined && all.length > 0 && (
        <details class="small">
          <summary>{translate('allChecks', { n: all.length })}</summary>
          <ChecksTable checks={[...all]} />
        </details>
      )}
    </section>
  );
}
