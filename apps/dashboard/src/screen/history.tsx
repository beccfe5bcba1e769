import type { Decision } from '@image-studio/contract';
import { formatTime } from '../text/format.ts';
import { slotName } from '../text/slot-name.ts';
import { language, translate } from '../text/translate.ts';

/** Who decided what and when, newest first. */
export function History({ decisions }: { decisions: readonly Decision[] | undefined }) {
  if (!decisions || decisions.length === 0) return null;
  return (
    <section class="panel-part">
      <h2>{translate('decided')}</h2>
      <ul class="history small">
        {decisions.toReversed().map(({ at, decision, by, slots, reason, instruction }, place) => (
          <li key={`${at} ${place}`}>
            {translate(`decided_${decision}`, { what: slots.map(slotName).join(', ') })}{' '}
            <span class="soft">{[formatTime(at, language.get()), ...(by ? [by] : [])].join(' · ')}</span>
            {(reason ?? instruction) && <q>{reason ?? instruction}</q>}
          </li>
        ))}
      </ul>
    </section>
  );
}
