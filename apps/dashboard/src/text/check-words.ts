import type { Check } from '@image-studio/contract';
import checks from './en/checks.json' with { type: 'json' };
import { formatBytes, formatCount } from './format.ts';
import { isTextKey } from './is-text-key.ts';
import { learnTexts } from './messages.ts';
import { serverWords } from './server-words.ts';
import { translate } from './translate.ts';

learnTexts(checks);

/** What a check is called; the rule itself where the page is older than the server. */
export function checkName(rule: string): string {
  const key = `check_${rule}`;
  return isTextKey(key) ? translate(key) : rule;
}

/** A sentence that says what the check is about; empty where there is none. */
export function checkHelp(rule: string): string {
  const key = `checkHelp_${rule}`;
  return isTextKey(key) ? translate(key) : '';
}

/** What was measured, as a person reads it: `2.4 MB`, `yes`, `0.851`. */
export function checkMeasured({ rule, measured }: Check): string {
  if (rule === 'bytes' && typeof measured === 'number') return formatBytes(measured);
  if (typeof measured === 'boolean') return translate(measured ? 'yes' : 'no');
  // Shares such as 0.8512345 are measured finer than anyone reads.
  return typeof measured === 'number'
    ? String(Number(measured.toFixed(3)))
    : serverWords({ message: measured });
}

/** What the check asks for: the page's own words around the numbers of the server's sentence, else that sentence. */
export function checkRequired({ rule, required }: Check): string {
  const numbers = required.match(/\d+(\.\d+)?/g) ?? [];
  if (rule === 'bytes')
    return numbers[0]
      ? translate('atMostBytes', { limit: formatBytes(Number(numbers[0])) })
      : translate('noLimit');
  const key = `checkNeeds_${rule}`;
  if (!isTextKey(key)) return serverWords({ message: required });
  const [a = '', b = ''] = numbers.map((text) => (text.includes('.') ? text : formatCount(Number(text))));
  return translate(key, { a, b });
}

/** `Product in the frame: 0.71, needs 0.8 to 0.9 of the frame`. */
export function checkSentence(check: Check): string {
  return translate('needs', {
    rule: checkName(check.rule),
    measured: checkMeasured(check),
    required: checkRequired(check),
  });
}
