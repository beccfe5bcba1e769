import type { BatchView } from '@image-studio/contract';
import { formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import './batch-notes.css';

/** Why nothing moves, when nothing does: the batch's own pause. What holds the whole fleet back stands above the page. */
export function BatchNotes({ batch }: { batch: BatchView }) {
  const notes = ownNotes(batch);
  return (
    <div role="status" class="batch-notes">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function ownNotes({ status, pausedFor, budgetUsd }: BatchView): string[] {
  if (status !== 'paused') return [];
  if (pausedFor !== 'budget') return [translate('pausedForOperator')];
  return [translate('pausedForBudget', { budget: formatUsd(budgetUsd ?? 0) })];
}
