import { useEffect } from 'preact/hooks';
import { isPassing } from '../api/is-passing.ts';
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

/** What was just decided, with the way back; what waits for the server; and what was refused, until it has been read. */
export function ActionToasts({ desk }: { desk: ReviewDesk }) {
  const actions = useStore(desk.actions);
  const refusal = useStore(desk.refusal);
  const last = actions.findLast(({ stage }) => stage === 'waiting' || stage === 'done');
  const held = actions.filter(({ stage }) => stage === 'held');
  const failed = actions.filter(({ stage }) => stage === 'failed').slice(-MOST_SHOWN);
  const others = actions.filter(({ stage }) => stage !== 'held' && stage !== 'failed').slice(-MOST_SHOWN);
  return (
    <section class="toasts" role="status" aria-label={translate('undo')}>
      {held.length > 0 && <Held actions={held} />}
      {[...failed, ...others].map((action) => (
        <Toast key={action.id} action={action} desk={desk} canUndo={action === last} />
      ))}
      {refusal !== null && <Refusal key={refusal} words={refusal} onRead={() => desk.refusal.set(null)} />}
    </section>
  );
}

/** Decisions that wait for the server: one in its own words, many in one sentence. */
function Held({ actions }: { actions: readonly Action[] }) {
  const [first] = actions;
  return (
    <div class="toast toast-held">
      <span>
        {first && actions.length === 1
          ? translate('heldOne', { what: subjectOf(first) })
          : translate('heldMany', { n: actions.length })}
        {first?.problem && <span class="small soft"> {problemSentence(first.problem.problem)}</span>}
      </span>
    </div>
  );
}

function Refusal({ words, onRead }: { words: string; onRead: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onRead, TOLD_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return <div class="toast">{words}</div>;
}

function Toast({ action, desk, canUndo }: { action: Action; desk: ReviewDesk; canUndo: boolean }) {
  const { id, stage, problem, skipped, conflict } = action;
  useEffect(() => {
    // What did not work stays until somebody has read it.
    if (stage !== 'done' && stage !== 'undone') return;
    const timer = setTimeout(() => desk.dismiss(id), TOLD_MS);
    return () => clearTimeout(timer);
  }, [stage]);
  return (
    <div class={`toast toast-${stage}`}>
      <span>
        {wordsOf(action)}
        {skipped > 0 && <span class="small soft"> {translate('toastSkipped', { n: skipped })}</span>}
        {conflict && <span class="small"> {translate('toastConflict', { decision: conflict })}</span>}
        {problem && <span class="small"> {problemSentence(problem.problem)}</span>}
      </span>
      {canUndo && (
        <button type="button" onClick={() => void desk.undo()}>
          {translate('undo')} <kbd>Z</kbd>
        </button>
      )}
      {problem && isPassing(problem) && (
        <button type="button" onClick={() => desk.tryAgain(id)}>
          {translate('tryAgain')}
        </button>
      )}
      {stage === 'failed' && (
        <button type="button" aria-label={translate('dismiss')} onClick={() => desk.dismiss(id)}>
          <span aria-hidden="true">×</span>
        </button>
      )}
      {stage === 'waiting' && <span class="toast-fuse" style={{ animationDuration: `${UNDO_MS}ms` }} />}
    </div>
  );
}

function wordsOf(action: Action): string {
  const { decision, stage } = action;
  const what = subjectOf(action);
  if (stage === 'undone') return translate('toastUndone', { what });
  if (stage === 'failed') return translate('toastFailed', { what });
  return translate(stage === 'waiting' ? DUE[decision] : DONE[decision], { what });
}

function subjectOf({ sku, slots, count }: Action): string {
  if (sku === null) return translate('manySkus', { n: count });
  if (slots.length === 0) return sku;
  return slots.length === 1
    ? translate('onePicture', { sku, picture: slotName(slots[0] ?? '') })
    : translate('allPictures', { sku, n: slots.length });
}
