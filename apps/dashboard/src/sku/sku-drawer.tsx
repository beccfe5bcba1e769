import type { SkuView } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Decision } from '../review/review-desk.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { FailureText } from './failure-text.tsx';
import { ImageDetails } from './image-details.tsx';
import { Timeline } from './timeline.tsx';
import { useSku } from './use-sku.ts';
import './sku-drawer.css';

const DECISIONS: Record<string, Decision> = { a: 'approve', r: 'reject', g: 'regenerate' };

/** Everything about one SKU, beside the gallery. It changes live while it is open. */
export function SkuDrawer(props: {
  code: string;
  self: string | undefined;
  /** The gallery's view of it; another object whenever it has changed. */
  brief: SkuBrief | undefined;
  read: (code: string, signal: AbortSignal) => Promise<SkuView>;
  onDecide: (sku: SkuView, slot: string, decision: Decision) => void;
  /** What was just decided: the page behind a modal dialog cannot be reached. */
  toasts: ComponentChildren;
  onUndo: () => void;
  /** -1 for the SKU before, 1 for the one after. */
  onStep: (by: -1 | 1) => void;
  onClose: () => void;
}) {
  const { code, self, brief, read, onDecide, toasts, onUndo, onStep, onClose } = props;
  const { sku, problem } = useSku(code, brief, read);
  const [slot, setSlot] = useState<string | null>(null);
  const current = sku?.images.find((image) => image.slot === slot) ?? sku?.images[0];

  const press = (event: KeyboardEvent): void => {
    const isTyping =
      event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const decision = DECISIONS[key];
    if (key === 'arrowleft' || key === 'arrowright') onStep(key === 'arrowleft' ? -1 : 1);
    else if (key === 'z') onUndo();
    else if (decision && sku && current) onDecide(sku, current.slot, decision);
    else return;
    event.preventDefault();
  };

  return (
    <Modal kind="drawer" label={translate('details', { sku: code })} onClose={onClose}>
      {(close) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of buttons that are in it
        <div class="drawer" onKeyDown={press}>
          <div class="drawer-head">
            <h1>{code}</h1>
            {(sku ?? brief) && <StateBadge state={(brief ?? sku)?.state ?? 'waiting'} />}
            <span class="drawer-ways">
              <button type="button" aria-label={translate('previous')} onClick={() => onStep(-1)}>
                <span aria-hidden="true">←</span>
              </button>
              <button type="button" aria-label={translate('next')} onClick={() => onStep(1)}>
                <span aria-hidden="true">→</span>
              </button>
              <button type="button" onClick={close}>
                {translate('close')}
              </button>
            </span>
          </div>
          {problem && !sku && <ProblemNote title={translate('skuMissing')} error={problem} />}
          {!sku && !problem && <WaitingRoom />}
          {sku?.failure && sku.state !== 'completed' && (
            <div class="note note-failed">
              <FailureText failure={sku.failure} />
            </div>
          )}
          {sku?.images.map((image) => (
            <div key={image.slot} onFocusIn={() => setSlot(image.slot)}>
              <ImageDetails
                image={image}
                self={self}
                isCurrent={image === current}
                onDecide={(decision) => onDecide(sku, image.slot, decision)}
              />
            </div>
          ))}
          {sku && <Timeline entries={sku.timeline} attempts={sku.attempts} />}
          {toasts}
        </div>
      )}
    </Modal>
  );
}

function WaitingRoom() {
  return (
    <div role="status">
      <span class="visually-hidden">{translate('loading')}</span>
      <div class="waiting-room drawer-waiting" />
    </div>
  );
}
