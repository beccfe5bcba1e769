import { useEffect } from 'preact/hooks';
import type { TextKey } from '../text/dictionary.ts';
import { formatCount } from '../text/format.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';
import { useStore } from '../ui/use-store.ts';
import { type Deed, type ReviewDesk, UNDO_MS } from './review-desk.ts';
import './deed-toasts.css';

/** Toasts on the screen at once. */
const MOST_SHOWN = 3;
/** A deed that is over stays told for as long as one may think about taking it back. */
const TOLD_MS = UNDO_MS;

const DUE: Record<Deed['decision'], TextKey> = {
  approve: 'dueApprove',
  reject: 'dueReject',
  regenerate: 'dueRegenerate',
};
const DONE: Record<Deed['decision'], TextKey> = {
  approve: 'deedApprove',
  reject: 'deedReject',
  regenerate: 'deedRegenerate',
};

/** What was just decided, with the way back. */
export function DeedToasts({ desk }: { desk: ReviewDesk }) {
  const deeds = useStore(desk.deeds);
  const last = deeds.findLast(({ stage }) => stage === 'waiting' || stage === 'done');
  return (
    <section class="toasts" role="status" aria-label={translate('undo')}>
      {deeds.slice(-MOST_SHOWN).map((deed) => (
        <Toast key={deed.id} deed={deed} desk={desk} canUndo={deed === last} />
      ))}
    </section>
  );
}

function Toast({ deed, desk, canUndo }: { deed: Deed; desk: ReviewDesk; canUndo: boolean }) {
  const { id, stage, problem, skipped } = deed;
  useEffect(() => {
    if (stage === 'waiting' || stage === 'sending') return;
    const timer = setTimeout(() => desk.dismiss(id), TOLD_MS);
    return () => clearTimeout(timer);
  }, [stage]);
  return (
    <div class={`toast toast-${stage}`}>
      <span>
        {wordsOf(deed)}
        {skipped > 0 && (
          <span class="small soft"> {translate('deedSkipped', { n: formatCount(skipped) })}</span>
        )}
        {problem && <span class="small"> {problem.problem.detail ?? problem.problem.title}</span>}
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

function wordsOf({ decision, stage, sku, slots, count }: Deed): string {
  const what =
    sku === null
      ? translate('manySkus', { n: formatCount(count) })
      : slots.length === 1
        ? translate('onePicture', { sku, picture: slotName(slots[0] ?? '') })
        : translate('allPictures', { sku, n: slots.length });
  if (stage === 'undone') return translate('deedUndone', { what });
  if (stage === 'failed') return translate('deedFailed', { what });
  return translate(stage === 'waiting' ? DUE[decision] : DONE[decision], { what });
}
