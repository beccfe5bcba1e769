import type { Check } from '@image-studio/contract';
import { translate } from './translate.ts';

/** `fill: 0.71, needs 0.8–0.9`. */
export function checkSentence({ rule, measured, required }: Check): string {
  return translate('needs', { rule, measured: formatMeasured(measured), required });
}

/** Shares such as 0.8512345 are measured finer than anyone reads. */
export function formatMeasured(measured: Check['measured']): string {
  return typeof measured === 'number' ? String(Number(measured.toFixed(3))) : String(measured);
}
