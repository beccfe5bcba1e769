import { translate } from '../text/translate.ts';
import './decision-bar.css';

/** Reasons that come up again and again. */
const REASONS = ['reasonColour', 'reasonOther', 'reasonCut', 'reasonText', 'reasonUnreal'] as const;

/** The keys as buttons, under the thumb on a phone; and why a picture is rejected, when somebody wants to say so. */
export function DecisionBar(props: {
  canDecide: boolean;
  canAdjust: boolean;
  isAskingWhy: boolean;
  /** What was typed so far about why. */
  reason: string;
  onReason: (reason: string) => void;
  onApprove: (event: Event) => void;
  onReject: (event: Event, reason?: string) => void;
  onRegenerate: () => void;
  onAdjust: () => void;
  onAskWhy: (asking: boolean) => void;
}) {
  const { canDecide, canAdjust, isAskingWhy, reason, onReason } = props;
  const { onApprove, onReject, onRegenerate, onAdjust, onAskWhy } = props;
  return (
    <div class="decision-bar">
      {isAskingWhy && (
        <form
          class="decision-why"
          onSubmit={(event) => {
            event.preventDefault();
            onReject(event, reason.trim() || undefined);
            onAskWhy(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            // Typed words stay where they are; the next Escape asks about them.
            if (reason.trim() === '') onAskWhy(false);
            else if (event.target instanceof HTMLElement) event.target.blur();
          }}
        >
          <label>
            {translate('whyRejected')}
            <input
              type="text"
              list="reject-reasons"
              maxLength={500}
              value={reason}
              ref={focusOnce}
              onInput={(event) => onReason(event.currentTarget.value)}
            />
          </label>
          <datalist id="reject-reasons">
            {REASONS.map((one) => (
              <option key={one} value={translate(one)} />
            ))}
          </datalist>
          <button type="submit" class="danger-fill">
            {translate('reject')}
          </button>
        </form>
      )}
      <div class="decision-buttons">
        <button type="button" class="primary" disabled={!canDecide} aria-keyshortcuts="a" onClick={onApprove}>
          {translate('approve')} <kbd>A</kbd>
        </button>
        <button
          type="button"
          class="danger"
          disabled={!canDecide}
          aria-keyshortcuts="r"
          onClick={(event) => onReject(event)}
        >
          {translate('reject')} <kbd>R</kbd>
        </button>
        <button type="button" aria-keyshortcuts="g" onClick={onRegenerate}>
          {translate('regenerateEllipsis')} <kbd>G</kbd>
        </button>
      </div>
      <div class="decision-more">
        <button
          type="button"
          disabled={!canDecide}
          aria-expanded={isAskingWhy}
          aria-keyshortcuts="w"
          onClick={() => onAskWhy(!isAskingWhy)}
        >
          {translate('rejectBecause')} <kbd>W</kbd>
        </button>
        <button type="button" disabled={!canAdjust} aria-keyshortcuts="m" onClick={onAdjust}>
          {translate('adjustEllipsis')} <kbd>M</kbd>
        </button>
      </div>
    </div>
  );
}

/** A field that has just come has been asked for. */
function focusOnce(field: HTMLInputElement | null): void {
  field?.focus();
}
