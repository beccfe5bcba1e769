import type { WriteStream } from 'node:tty';
import type { BatchView } from '@image-studio/contract';

const BAR_LENGTH = 30;

/** Shows a batch's progress: a bar that redraws itself on a terminal, elsewhere one line per SKU that ended. */
export function drawProgress(stream: WriteStream | NodeJS.WriteStream): {
  show(batch: BatchView): void;
  end(): void;
} {
  let lastDone = -1;
  return {
    show({ counts }) {
      const done = counts.total - counts.waiting - counts.active;
      const text = `${done}/${counts.total} SKUs, ${counts.active} in work, ${counts.failed} failed`;
      if (stream.isTTY) {
        const filled = Math.round((BAR_LENGTH * done) / Math.max(counts.total, 1));
        stream.write(`\r\u001b[K  ${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)}  ${text}`);
      } else if (done !== lastDone) {
        stream.write(`${text}\n`);
      }
      lastDone = done;
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
