import { formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import type { QuotaView } from './fleet-state.ts';
import { isOnlyToKnow, operatorSentence } from './operator-sentence.ts';

/** What a person should do something about, or know of: sentences, the weightiest first. */
export function fleetWarnings(
  quota: Pick<QuotaView, 'messages' | 'pausedUntil' | 'breakerOpen'> | null,
  workers: number | null,
): string[] {
  return [
    ...(workers === 0 ? [translate('noWorkers')] : []),
    ...(quota?.messages ?? []).filter((message) => !isOnlyToKnow(message)).map(operatorSentence),
    ...(quota?.breakerOpen ? [translate('breakerOpen')] : []),
    ...(quota?.pausedUntil
      ? [translate('quotaPaused', { time: formatTime(quota.pausedUntil, language.get()) })]
      : []),
  ];
}
