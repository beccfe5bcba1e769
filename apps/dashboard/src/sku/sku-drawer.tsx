import type { ImageView, SkuView } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Decision } from '../review/review-desk.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { checkSentence } from '../text/check-words.ts';
import { translate } from '../text/translate.ts';
import { letterKeys } from '../ui/letter-keys.ts';
import { Modal } from '../ui/modal.tsx';
import { Picture } from '../ui/picture.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { FailureText } from './failure-text.tsx';
import { ImageDetails } from './image-details.tsx';
import { localUrl } from './local-url.ts';
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
  /** `hasMore`: another picture of the SKU has still to be judged. */
  onDecide: (sku: SkuView, pictures: readonly ImageView[], decision: Decision, hasMore: boolean) => void;
  /** What was just decided: the page behind a modal dialog cannot be reached. */
  toasts: ComponentChildren;
  onUndo: () => void;
  onKeys: () => void;
  /** -1 for the SKU before, 1 for the one after. */
  onStep: (by: -1 | 1) => void;
  onClose: () => void;
}) {
  const { code, self, brief, read, onDecide, toasts, onUndo, onKeys, onStep, onClose } = props;
  const { sku, problem } = useSku(code, brief, read);
  const [shown, setShown] = useState<{ code: string; slot: string } | null>(null);
  const current =
    sku?.images.find(({ slot }) => shown?.code === code && slot === shown.slot) ?? sku?.images[0];

  // Another SKU is announced, and begins at its top.
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), [code]);

  const decide = (image: ImageView, decision: Decision): void => {
    if (!sku) return;
    const left = decision === 'regenerate' ? undefined : nextUnjudged(sku, image);
    if (left) setShown({ code, slot: left.slot });
    onDecide(sku, [image], decision, left !== undefined);
  };

  const press = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    const decision = DECISIONS[key];
    if (key === 'arrowleft' || key === 'arrowright') onStep(key === 'arrowleft' ? -1 : 1);
    else if (!letterKeys.get()) return false;
    else if (key === 'z') onUndo();
    else if (key === '?') onKeys();
    else if (decision && decision !== 'regenerate' && event.shiftKey && sku)
      onDecide(sku, sku.images, decision, false);
    else if (decision && current) decide(current, decision);
    else return false;
    return true;
  };

  return (
    <Modal kind="drawer" label={translate('details', { sku: code })} press={press} onClose={onClose}>
      {(close) => (
        <div class="drawer">
          <div class="drawer-head">
            <h1 ref={head} tabIndex={-1}>
              {code}
            </h1>
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
          {sku && sku.images.length === 0 && sku.sourcePreviewUrl !== undefined && (
            <>
              <div class="note">
                {(sku.checks ?? []).map((check) => (
                  <p key={check.rule}>{checkSentence(check)}</p>
                ))}
              </div>
              <Picture
                url={localUrl(sku.sourcePreviewUrl, self)}
                alt={translate('before')}
                caption={translate('before')}
              />
            </>
          )}
          {sku?.images.map((image) => (
            <div key={`${code} ${image.slot}`} onFocusIn={() => setShown({ code, slot: image.slot })}>
              <ImageDetails
                image={image}
                self={self}
                isCurrent={image === current}
                onDecide={(decision) => decide(image, decision)}
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

/** The next picture of the SKU that nobody has decided about. */
function nextUnjudged({ images }: SkuView, after: ImageView): ImageView | undefined {
  return images.slice(images.indexOf(after) + 1).find(({ review }) => review === null);
}

function WaitingRoom() {
  return (
    <div role="status">
      <span class="visually-hidden">{translate('loading')}</span>
      <div class="waiting-room drawer-waiting" />
    </div>
  );
}
