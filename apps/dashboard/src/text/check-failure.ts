import type { Check } from '@image-studio/contract';
import { checkMeasured, checkSentence } from './check-words.ts';
import { isTextKey } from './is-text-key.ts';
import { translate } from './translate.ts';

/** What is wrong where a check failed, for somebody who has never heard of it; of a check that is newer than the page, its figures. */
export function checkFailure(check: Check): string {
  const key = `checkFailed_${check.rule}`;
  return isTextKey(key) ? translate(key, { measured: checkMeasured(check) }) : checkSentence(check);
}
