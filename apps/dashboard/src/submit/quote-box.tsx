import { formatCount, formatSeconds, formatUsd } from '../text/format.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { isAboutSource } from './source/source-warnings.tsx';
import type { Check, LaneQuote } from './source/use-check.ts';
import './quote-box.css';

/** What it will take, before the button is pressed; the room is there before the figures are. */
export function QuoteBox({ check, budgetUsd }: { check: Check; budgetUsd: string }) {
  const { quote, isChecking } = check;
  const budget = Number(budgetUsd);
  const overBudget = quote !== null && budgetUsd.trim() !== '' && budget > 0 && quote.costUsd.high > budget;
  // What is about the table stands beside it.
  const warnings = (quote?.warnings ?? []).filter(({ path }) => !isAboutSource(path)).map(serverWords);
  return (
    <div class={isChecking ? 'quote quote-checking' : 'quote'} aria-busy={isChecking}>
      <dl>
        <Figure name={translate('quoteCalls')} value={quote && formatCount(quote.calls)} />
        <Figure name={translate('quoteReused')} value={quote && formatCount(quote.reused)} />
        <Figure name={translate('cost')} value={quote && range(quote.costUsd, formatUsd)} />
        <Figure name={translate('quoteTime')} value={quote && range(quote.minutes, inMinutes)} />
      </dl>
      <div role="status" class="quote-notes small">
        {quote?.lanes?.economy && quote.calls > 0 && (
          <>
            <p>{laneWords('laneInteractive', quote.lanes.interactive)}</p>
            <p>{laneWords('laneEconomy', quote.lanes.economy)}</p>
          </>
        )}
        {overBudget && <p>{translate('quoteOverBudget')}</p>}
        {warnings.map((warning) => (
          <p key={warning}>{warning}</p>
        ))}
      </div>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string | null }) {
  return (
    <div class="quote-figure">
      <dt class="small soft">{name}</dt>
      <dd>{value ?? '–'}</dd>
    </div>
  );
}

function laneWords(lane: 'laneInteractive' | 'laneEconomy', quote: LaneQuote): string {
  return translate('quoteLane', {
    lane: translate(lane),
    cost: range(quote.costUsd, formatUsd),
    time: range(quote.hours, inHours),
    worst: formatUsd(quote.worstUsd),
  });
}

const inMinutes = (minutes: number): string => formatSeconds(minutes * 60);
const inHours = (hours: number): string => formatSeconds(hours * 3_600);

function range({ low, high }: { low: number; high: number }, format: (value: number) => string): string {
  const [from, to] = [format(low), format(high)];
  return from === to ? from : `${from} – ${to}`;
}
