import type { BatchView } from '@image-studio/contract';
import { formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import './batch-notes.css';

/** Why nothing moves, when the batch is paused. What holds the whole fleet back stands above every page. */
export function BatchNotes({ batch }: { batch: BatchView }) {
  const note = noteOf(batch);
  return (
    <div role="status" class="batch-notes">
      {note !== null && <p>{note}</p>}
    </div>
  );
}

function noteOf({ status, pausedFor, budgetUsd }: BatchView): string | null {
  if (status !== 'paused') return null;
  if (pausedFor !== 'budget') return translate('pausedForOperator');
  return translate('pausedForBudget', { budget: formatUsd(budgetUsd ?? 0) });
}
