import type { BatchView } from '@image-studio/contract';
import { exitCodeOf } from './exit-code.ts';
import { drawProgress } from './progress-bar.ts';
import type { StudioClient } from './studio-client.ts';
import type { Speaker, Terminal } from './terminal.ts';
import { watchBatch } from './watch-batch.ts';

const ENDED = new Set(['completed', 'failed', 'cancelled', 'needsReview']);

/** Follows a batch to its end, tells of it, and resolves with the exit code. */
export async function follow(
  client: StudioClient,
  id: string,
  terminal: Terminal,
  speaker: Speaker,
): Promise<number> {
  const bar = drawProgress(terminal.stderr);
  const told = new Map<string, string>();
  try {
    const batch = await watchBatch(client, id, {
      onProgress(batch) {
        if (!speaker.isJson) return bar.show(batch);
        const { status, counts, costUsd, eta } = batch;
        speaker.tell({ event: 'progress', id, status, counts, costUsd, eta }, '');
      },
      onSkus(skus) {
        for (const { sku, state, images, failure } of skus) {
          if (!speaker.isJson || !ENDED.has(state) || told.get(sku) === state) continue;
          told.set(sku, state);
          speaker.tell({ event: 'sku', id, sku, state, images: images.map(({ url }) => url), failure }, '');
        }
      },
    });
    bar.end();
    speaker.tell(
      {
        event: 'finished',
        id,
        status: batch.status,
        counts: batch.counts,
        costUsd: batch.costUsd,
        calls: batch.calls,
      },
      endOf(batch),
    );
    return exitCodeOf(batch);
  } catch (error) {
    bar.end();
    if (client.signal.aborted)
      speaker.note(`The batch goes on without you. Take it up again: studio watch ${id}`);
    throw error;
  }
}

function endOf({ id, status, counts, costUsd, pausedFor }: BatchView): string {
  const parts = [
    `${counts.completed} done`,
    counts.needsReview > 0 ? `${counts.needsReview} need review` : '',
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.cancelled > 0 ? `${counts.cancelled} cancelled` : '',
  ];
  const next = pausedFor === 'sample' ? ` Its sample is ready: look at it, then studio resume ${id}.` : '';
  return `${id} ${status}: ${parts.filter(Boolean).join(', ')}; ${costUsd.toFixed(2)} US dollars.${next}`;
}
