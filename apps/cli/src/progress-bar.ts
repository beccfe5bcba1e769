import type { BatchProgress, BatchView } from '@image-studio/contract';
import { countSkus } from './count-skus.ts';

const BAR_LENGTH = 30;

export interface ProgressBar {
  show(batch: Pick<BatchView | BatchProgress, 'status' | 'counts' | 'eta' | 'pausedFor'>): void;
  end(): void;
}

/** A batch's progress: a bar that redraws itself on a terminal, elsewhere a line whenever another SKU has ended. */
export function drawProgress(stream: NodeJS.WriteStream): ProgressBar {
  let lastDone = -1;
  return {
    show({ counts, eta, status, pausedFor }) {
      const done = counts.total - counts.waiting - counts.active;
      const left =
        eta === null || done === counts.total
          ? ''
          : `, ${span(eta.lowSeconds)}–${span(eta.highSeconds)} left`;
      const why = pausedFor === 'budget' || pausedFor === 'sample' ? ` (${pausedFor})` : '';
      const paused = status === 'paused' ? `, paused${why}` : '';
      const text = `${done}/${countSkus(counts.total)}, ${counts.active} in work, ${counts.failed} failed${paused}${left}`;
      if (stream.isTTY) {
        const filled = Math.round((BAR_LENGTH * done) / Math.max(counts.total, 1));
        stream.write(`\r\u001b[K  ${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)}  ${text}`);
      } else if (done !== lastDone) {
        stream.write(`${text}\n`);
      }
      lastDone = done;
    },
    end() {
      if (stream.isTTY && lastDone >= 0) stream.write('\n');
    },
  };
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
