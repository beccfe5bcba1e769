import type { TimelineEntry } from '@image-studio/contract';
import { formatBytes, formatMs } from '../text/format.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { timelineBars } from './timeline-bars.ts';
import './timeline.css';

/** The stages that ran, as bars over time, one line each. */
export function Timeline({ entries, attempts }: { entries: TimelineEntry[]; attempts: number }) {
  const kinds = new Set(entries.map(({ kind }) => kind));
  return (
    <section class="timeline">
      <h2>
        {translate('timeline')} <span class="small soft">{translate('attempts', { n: attempts })}</span>
      </h2>
      {entries.length === 0 && <p class="soft">{translate('noTimeline')}</p>}
      <ol>
        {timelineBars(entries).map(({ entry, startPercent, widthPercent }, place) => (
          <li key={place} class={entry.error ? 'small timeline-failed' : 'small'}>
            <span class="timeline-name">
              {translate(entry.stage)} {kinds.size > 1 && <span class="soft">{translate(entry.kind)}</span>}
            </span>
            <span class="timeline-track" aria-hidden="true">
              <span style={{ left: `${startPercent}%`, width: `${widthPercent}%` }} />
            </span>
            <span class="timeline-ms">{formatMs(entry.ms)}</span>
            <span class="timeline-notes soft">{notes(entry)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function notes(entry: TimelineEntry): string {
  return [
    ...(entry.bytes === undefined ? [] : [formatBytes(entry.bytes)]),
    ...(entry.attempt > 1 ? [translate('attempt', { n: entry.attempt })] : []),
    ...(entry.stage === 'generate' && !entry.error ? [translate(entry.reused ? 'reused' : 'paidCall')] : []),
    ...(entry.error ? [errorWords(entry.error)] : []),
  ].join(' · ');
}

/** `CODE: what the server said`. */
function errorWords(error: string): string {
  const [, code = '', message = error] = /^([A-Z_]+): (.*)$/s.exec(error) ?? [];
  const words = serverWords({ message });
  return code === '' ? words : `${code}: ${words}`;
}
