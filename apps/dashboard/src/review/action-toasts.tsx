import { useEffect } from 'preact/hooks';
import type { TextKey } from '../text/english.ts';
import { problemSentence } from '../text/problem-sentence.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';
import { useStore } from '../ui/use-store.ts';
import { type Action, type ReviewDesk, UNDO_MS } from './review-desk.ts';
import './action-toasts.css';

/** Toasts on the screen at once. */
const MOST_SHOWN = 3;
/** An action that is over stays told for as long as one may think about taking it back. */
const TOLD_MS = UNDO_MS;

const DUE: Record<Action['decision'], TextKey> = {
  approve: 'dueApprove',
  reject: 'dueReject',
  regenerate: 'dueRegenerate',
  restore: 'toastRestore',
  adjust: 'toastAdjust',
};
const DONE: Record<Action['decision'], TextKey> = {
  approve: 'toastApprove',
  reject: 'toastReject',
  regenerate: 'toastRegenerate',
  restore: 'toastRestore',
  adjust: 'toastAdjust',
};

/** What was just decided, with the way back. */
export function ActionToasts({ desk }: { desk: ReviewDesk }) {
  const actions = useStore(desk.actions);
  const last = actions.findLast(({ stage }) => stage === 'waiting' || stage === 'done');
  return (
    <section class="toasts" role="status" aria-label={translate('undo')}>
      {actions.slice(-MOST_SHOWN).map((action) => (
        <Toast key={action.id} action={action} desk={desk} canUndo={action === last} />
      ))}
    </section>
  );
}

function Toast({ action, desk, canUndo }: { action: Action; desk: ReviewDesk; canUndo: boolean }) {
  const { id, stage, problem, skipped } = action;
  useEffect(() => {
    if (stage === 'waiting' || stage === 'sending') return;
    const timer = setTimeout(() => desk.dismiss(id), TOLD_MS);
    return () => clearTimeout(timer);
  }, [stage]);
  return (
    <div class={`toast toast-${stage}`}>
      <span>
        {wordsOf(action)}
        {skipped > 0 && <span class="small soft"> {translate('toastSkipped', { n: skipped })}</span>}
        {problem && <span class="small"> {problemSentence(problem.problem)}</span>}
      </span>
      {canUndo && (
        <button type="button" onClick={() => void desk.undo()}>
          {translate('undo')} <kbd>Z</kbd>
        </button>
      )}
      {stage === 'waiting' && <span class="toast-fuse" style={{ animationDuration: `${UNDO_MS}ms` }} />}
    </div>
  );
}

function wordsOf({ decision, stage, sku, slots, count }: Action): string {
  const what =
    sku === null
      ? translate('manySkus', { n: count })
      : slots.length === 1
        ? translate('onePicture', { sku, picture: slotName(slots[0] ?? '') })
        : translate('allPictures', { sku, n: slots.length });
  if (stage === 'undone') return translate('toastUndone', { what });
  if (stage === 'failed') return translate('toastFailed', { what });
  return translate(stage === 'waiting' ? DUE[decision] : DONE[decision], { what });
}
