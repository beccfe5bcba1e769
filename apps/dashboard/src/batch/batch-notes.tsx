import type { BatchView } from '@image-studio/contract';
import { formatDate, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import './batch-notes.css';

/**
 * Why nothing moves, when the batch is paused, and that it will soon be forgotten. What holds the whole fleet back stands
 * above every page.
 */
export function BatchNotes({ batch }: { batch: BatchView }) {
  const notes = [noteOf(batch), expiryNoteOf(batch)].filter((note) => note !== null);
  return (
    <div role="status" class="batch-notes">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

/** Long enough for somebody who looks in once a week. */
const SOON_MS = 14 * 86_400_000;

function expiryNoteOf({ finishedAt, expiresAt }: BatchView): string | null {
  if (finishedAt === null || expiresAt === null || Date.parse(expiresAt) - Date.now() > SOON_MS) return null;
  return translate('expiresSoon', { date: formatDate(expiresAt, language.get()) });
}

function noteOf({ status, pausedFor, budgetUsd }: BatchView): string | null {
  if (status !== 'paused') return null;
  if (pausedFor === 'sample') return translate('pausedForSample');
  if (pausedFor !== 'budget') return translate('pausedForOperator');
  return translate('pausedForBudget', { budget: formatUsd(budgetUsd ?? 0) });
}
