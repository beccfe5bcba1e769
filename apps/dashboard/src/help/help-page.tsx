import { useEffect } from 'preact/hooks';
import checks from '../text/en/checks.json' with { type: 'json' };
import failures from '../text/en/failures.json' with { type: 'json' };
import help from '../text/en/help.json' with { type: 'json' };
import settings from '../text/en/settings.json' with { type: 'json' };
import type { TextKey } from '../text/english.ts';
import { isTextKey } from '../text/is-text-key.ts';
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';
import { useHashQuery } from '../ui/use-hash-location.ts';
import { useTitle } from '../ui/use-title.ts';
import './help-page.css';

const texts = { ...checks, ...failures, ...help, ...settings };
learnTexts(texts);

/** What stands in the texts under `name_<what>` and is explained under `words_<what>`. */
const PARTS = [
  { title: 'helpFailures', name: 'failure', words: 'advice', hasCode: true },
  { title: 'checks', name: 'check', words: 'checkHelp', hasCode: false },
  { title: 'helpSettings', name: 'setting', words: 'settingHelp', hasCode: false },
] as const;

/** Every failure, check and setting in a sentence each; `?about=` names the one that somebody came for. */
export function HelpPage() {
  useTitle(translate('help'));
  const about = new URLSearchParams(useHashQuery()).get('about');
  useEffect(() => {
    if (about !== null) document.getElementById(about)?.focus();
  }, [about]);
  return (
    <div class="help">
      <h1>{translate('help')}</h1>
      {PARTS.map(({ title, name, words, hasCode }) => (
        <section key={name}>
          <h2>{translate(title)}</h2>
          <dl>
            {namesOf(name).map((what) => (
              <div key={what} id={`${name}_${what}`} tabIndex={-1}>
                <dt>
                  {translate(`${name}_${what}` as TextKey)} {hasCode && <code>{what}</code>}
                </dt>
                <dd>{sentence(`${words}_${what}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function namesOf(part: string): string[] {
  return Object.keys(texts)
    .filter((key) => key.startsWith(`${part}_`))
    .map((key) => key.slice(part.length + 1));
}

function sentence(key: string): string {
  return isTextKey(key) ? translate(key) : '';
}
