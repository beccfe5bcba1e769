import { translate } from '../text/translate.ts';
import './pace-chart.css';

/** Seconds of one bar. */
const SPAN_SECONDS = 5;
const WIDTH = 240;
const HEIGHT = 72;

/** The calls of the last minute in bars of five seconds, against the line of the quota. */
export function PaceChart({ pace, callsPerMinute }: { pace: readonly number[]; callsPerMinute: number }) {
  const allowed = (callsPerMinute * SPAN_SECONDS) / 60;
  const top = Math.max(allowed, ...pace) * 1.08;
  const step = WIDTH / pace.length;
  const y = (calls: number): number => HEIGHT - (calls / top) * HEIGHT;
  return (
    <figure class="pace">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={translate('paceSummary', {
          calls: pace.reduce((sum, calls) => sum + calls, 0),
          allowed: callsPerMinute,
        })}
      >
        {pace.map((calls, span) => (
          <rect
            key={span}
            class="pace-bar"
            x={span * step + 1}
            width={step - 2}
            y={y(calls)}
            height={HEIGHT - y(calls)}
          />
        ))}
        <line class="pace-quota" x1="0" x2={WIDTH} y1={y(allowed)} y2={y(allowed)} />
      </svg>
      <figcaption class="small soft">
        <span>{translate('paceAgo')}</span>
        <span>{translate('paceQuota')}</span>
        <span>{translate('now')}</span>
      </figcaption>
    </figure>
  );
}
