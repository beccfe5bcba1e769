import type { BatchView } from '@image-studio/contract';
import { formatTime, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import type { Quota } from './quota.ts';
import './batch-notes.css';

/** Why nothing moves, when nothing does: the batch's own pause, and what holds the whole fleet back. */
export function BatchNotes({ batch, quota }: { batch: BatchView; quota: Quota | null }) {
  const notes = [...ownNotes(batch), ...(batch.finishedAt === null && quota ? fleetNotes(quota) : [])];
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

function fleetNotes({ breakerOpen, pausedUntil, messages }: Quota): string[] {
  return [
    ...messages.map(({ message }) => message),
    ...(pausedUntil ? [translate('quotaPaused', { time: formatTime(pausedUntil, language.get()) })] : []),
    ...(breakerOpen ? [translate('breakerOpen')] : []),
  ];
}
