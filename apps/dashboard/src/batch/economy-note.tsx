import type { EconomyProgress } from '@image-studio/contract';
import { formatCount, formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import './batch-notes.css';

/** Where the calls of a batch in the economy lane are; nothing for any other batch. */
export function EconomyNote({ economy }: { economy: EconomyProgress | undefined }) {
  if (!economy) return null;
  const { deadline, parked, atProvider, back, isReleased, cancelRequested } = economy;
  const standing = [
    translate('economyProgress', {
      parked: formatCount(parked),
      atProvider: formatCount(atProvider),
      back: formatCount(back),
    }),
    translate('economyDeadline', { date: formatTime(deadline, language.get()) }),
    ...(cancelRequested ? [translate('economyCancelRequested')] : []),
    ...(isReleased ? [translate('economyReleased')] : []),
  ];
  return (
    <div class="batch-notes">
      <p>{standing.join(' ')}</p>
    </div>
  );
}
