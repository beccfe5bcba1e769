import type { Finding } from '@image-studio/contract';
import audits from '../text/en/audits.json' with { type: 'json' };
import type { TextKey } from '../text/english.ts';
import { formatBytes } from '../text/format.ts';
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';

learnTexts(audits);

type Asked = Pick<Finding, 'rule' | 'least' | 'most' | 'formats'>;

/** What pictures fail, as a heading: `Shorter side less than 500 pixels`. */
export function findingSentence({ rule, least, most, formats }: Asked): string {
  const inUnit = (value: number | null) => {
    if (value === null) return '';
    if (rule === 'bytes') return formatBytes(value);
    return rule === 'fill' ? `${Math.round(value * 100)} %` : String(value);
  };
  return translate(keyOf({ rule, least, most }), {
    least: inUnit(least),
    most: inUnit(most),
    formats: (formats ?? []).map((format) => format.toUpperCase()).join(', '),
  });
}

function keyOf({ rule, least, most }: Pick<Asked, 'rule' | 'least' | 'most'>): TextKey {
  if (rule === 'longerSide') {
    if (least === null) return 'audit_longerSideMost';
    return most === null ? 'audit_longerSideLeast' : 'audit_longerSideBoth';
  }
  if (rule === 'fill') return most === null ? 'audit_fillLeast' : 'audit_fill';
  return `audit_${rule}`;
}
