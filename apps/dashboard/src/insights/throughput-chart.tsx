import type { HistoryBucket } from '@image-studio/contract';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { scheme } from '../ui/theme.ts';
import { useStore } from '../ui/use-store.ts';
import type { drawChart } from './draw-chart.ts';
import { type HistorySeries, historySeries } from './history-series.ts';

/** Below this there is no line to draw. */
const FEWEST_POINTS = 2;

/** SKUs finished and failed per minute, over time. The charting code is fetched when there is something to draw. */
export function ThroughputChart(props: { history: HistoryBucket[] | null; hasEnded: boolean }) {
  const { history, hasEnded } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof drawChart> | null>(null);
  const [draw, setDraw] = useState<{ chart: typeof drawChart } | null>(null);
  const series = useMemo(() => historySeries(history ?? []), [history]);
  const hasLine = series.atSeconds.length >= FEWEST_POINTS;
  const colours = useStore(scheme);

  useEffect(() => {
    if (hasLine && !draw) void import('./draw-chart.ts').then(({ drawChart: chart }) => setDraw({ chart }));
  }, [hasLine]);
  useEffect(() => {
    if (!box.current || !draw || !hasLine) return;
    const names = { time: translate('time'), done: translate('done'), failed: translate('failed') };
    chart.current = draw.chart(box.current, series, names);
    return () => {
      chart.current?.close();
      chart.current = null;
    };
  }, [draw, hasLine, colours]);
  useEffect(() => chart.current?.update(series), [series]);

  if (history !== null && !hasLine) {
    return (
      <p class="panel-body panel-none">
        {translate(history.length > 0 && hasEnded ? 'chartShort' : 'chartWaiting')}
      </p>
    );
  }
  return (
    <div
      ref={box}
      class={draw ? 'panel-body chart' : 'panel-body chart waiting-room'}
      role="img"
      aria-label={hasLine ? summaryOf(series, history ?? []) : translate('loading')}
    />
  );
}

function summaryOf({ donePerMinute }: HistorySeries, history: HistoryBucket[]): string {
  const sum = (read: (bucket: HistoryBucket) => number): number =>
    history.reduce((total, bucket) => total + read(bucket), 0);
  return translate('chartSummary', {
    done: sum(({ done }) => done),
    failed: sum(({ failed }) => failed),
    from: formatTime(history[0]?.at ?? '', language.get()),
    peak: Math.round(Math.max(0, ...donePerMinute)),
  });
}
