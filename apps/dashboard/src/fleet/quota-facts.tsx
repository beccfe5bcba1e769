import { formatCount, formatMs, formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import type { QuotaView } from './fleet-state.ts';

/** The quota in figures: this minute, this day, and money. */
export function QuotaFacts({ quota }: { quota: QuotaView }) {
  const { callsLastMinute, callsPerMinute, callsToday, callsPerDay, latencyMs } = quota;
  const { costTodayUsd, spentLast10MinUsd, spendPer10MinUsd } = quota;
  const ofLimit = (used: string, limit: string | null): string =>
    limit === null ? used : `${used} / ${limit}`;
  const facts: [string, string][] = [
    [translate('model'), quota.model],
    [translate('lastMinute'), ofLimit(formatCount(callsLastMinute), formatCount(callsPerMinute))],
    [translate('utilisation'), `${Math.round(quota.utilisation * 100)} %`],
    [
      translate('today'),
      ofLimit(formatCount(callsToday), callsPerDay === null ? null : formatCount(callsPerDay)),
    ],
    ...(costTodayUsd === null ? [] : [[translate('costToday'), formatUsd(costTodayUsd)] as [string, string]]),
    ...(spentLast10MinUsd === null || spendPer10MinUsd === null
      ? []
      : [
          [translate('spent10Min'), ofLimit(formatUsd(spentLast10MinUsd), formatUsd(spendPer10MinUsd))] as [
            string,
            string,
          ],
        ]),
    [
      translate('callTime'),
      latencyMs === null ? '–' : `${formatMs(latencyMs.p50)} / ${formatMs(latencyMs.p90)}`,
    ],
  ];
  return (
    <dl class="quota-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt class="small soft">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
