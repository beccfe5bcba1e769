import failures from './en/failures.json' with { type: 'json' };
import { isTextKey } from './is-text-key.ts';
import { learnTexts } from './messages.ts';
import { translate } from './translate.ts';

learnTexts(failures);

/** What a failure is called; its code where the page is older than the server. */
export function failureName(code: string): string {
  const key = `failure_${code}`;
  return isTextKey(key) ? translate(key) : code;
}

/** What to do about it; empty where the page is older than the server. */
export function failureAdvice(code: string): string {
  const key = `advice_${code}`;
  return isTextKey(key) ? translate(key) : '';
}
