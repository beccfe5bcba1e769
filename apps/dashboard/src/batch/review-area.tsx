import type { BatchSummary, SkuView } from '@image-studio/contract';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { StudioClient } from '../api/studio-client.ts';
import { galleryKind, rememberGalleryKind } from '../gallery/gallery-kind.ts';
import { GalleryTools } from '../gallery/gallery-tools.tsx';
import { countOf, NOTHING } from '../gallery/selection.ts';
import { SelectionBar } from '../gallery/selection-bar.tsx';
import { SkuGallery } from '../gallery/sku-gallery.tsx';
import { useGallery } from '../gallery/use-gallery.ts';
import { DeedToasts } from '../review/deed-toasts.tsx';
import { createReviewDesk, type Decision, type Target } from '../review/review-desk.ts';
import { SkuDrawer } from '../sku/sku-drawer.tsx';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { listSkus } from '../state/sku-list.ts';
import { translate } from '../text/translate.ts';
import type { RetryTarget } from './batch-deeds.ts';
import type { BatchSession } from './batch-session.ts';
import { type ReviewDialog, ReviewDialogs } from './review-dialogs.tsx';
import './review-area.css';

/** The gallery and everything one decides in it. */
export function ReviewArea(props: {
  client: StudioClient;
  session: BatchSession;
  state: BatchState;
  summary: BatchSummary | null;
  /** The SKU that is open in the drawer. */
  sku: string | null;
  isListBroken: boolean;
  onGo: (filter: SkuFilter, sku?: string | null) => void;
  onRetry: (target: RetryTarget) => void;
}) {
  const { client, session, state, summary, sku: openCode, isListBroken, onGo, onRetry } = props;
  const { batch, filter } = state;
  const self = batch.links?.self;
  const list = useMemo(() => listSkus(state), [state]);
  const desk = useMemo(() => createReviewDesk(session.path, client), [session]);
  useLeaving(desk.flush);
  const [kind, setKind] = useState(() => galleryKind(batch.counts.total));
  const [dialog, setDialog] = useState<ReviewDialog | null>(null);

  const gallery = useGallery(list, JSON.stringify(filter), {
    open: (code) => onGo(filter, code),
    readRange: session.readRange,
    command: (key, sku) => {
      if (key === '?') setDialog({ kind: 'keys' });
      else if (key === '/') document.getElementById('sku-search')?.focus();
      else if (key === 'escape') gallery.setSelecting(false);
      else if (key === 'z') void desk.undo();
      else if (key === 'a' || key === 'r' || key === 'g') {
        decide(key === 'a' ? 'approve' : key === 'r' ? 'reject' : 'regenerate', sku);
      } else return false;
      return true;
    },
  });
  const { selection } = gallery;
  const chosen = countOf(selection, list.count);
  const target: Target = selection.isAll ? { filter } : { skus: [...selection.codes] };

  /** About the selection if there is one, else about the SKU at the cursor. */
  function decide(decision: Decision, sku: SkuBrief | undefined): void {
    if (chosen > 0) {
      decideSelected(decision);
      return;
    }
    const slots = sku?.images.map(({ slot }) => slot) ?? [];
    if (!sku || slots.length === 0) return;
    if (decision === 'regenerate') return void askPrompt(sku.sku, slots[0] ?? 'main');
    desk.decide(sku.sku, slots, decision);
    gallery.advance();
  }

  function decideSelected(decision: Decision): void {
    if (decision === 'regenerate') {
      setDialog({ kind: 'regenerateMany' });
      return;
    }
    desk.decideMany(target, chosen, decision, undefined);
    gallery.setSelecting(false);
  }

  async function askPrompt(code: string, slot: string, whole?: SkuView): Promise<void> {
    const sku = whole ?? (await session.readSku(code).catch(() => null));
    const image = sku?.images.find((one) => one.slot === slot) ?? sku?.images[0];
    if (!image) return;
    setDialog({
      kind: 'regenerate',
      sku: code,
      slot: image.slot,
      prompt: image.prompt,
    });
  }

  /** The drawer goes through the same list as the gallery. */
  function step(by: -1 | 1): void {
    const next = list.at(gallery.cursor.position + by);
    if (!next) return;
    gallery.goTo(gallery.cursor.position + by);
    onGo(filter, next.sku);
  }

  return (
    <section class="review-area" aria-label={translate('gallery')}>
      <p id="gallery-keys" class="visually-hidden">
        {translate('galleryHint')}
      </p>
      <GalleryTools
        {...{ filter, summary, kind }}
        isSelecting={gallery.isSelecting}
        count={list.isComplete ? list.count : null}
        onFilter={onGo}
        onKind={(next) => {
          rememberGalleryKind(next);
          setKind(next);
        }}
        onSelecting={gallery.setSelecting}
        onDownload={() => setDialog({ kind: 'downloads' })}
        onKeys={() => setDialog({ kind: 'keys' })}
      />
      {isListBroken && (
        <p class="note note-failed" role="alert">
          {translate('listBroken')}
        </p>
      )}
      {list.isComplete && list.count === 0 && (
        <div class="note review-none">
          <p>{translate(filter.q || filter.reason || filter.rule ? 'noSkus' : 'noSkusYet')}</p>
          <button type="button" onClick={() => onGo({})}>
            {translate('clearFilter')}
          </button>
        </div>
      )}
      <SkuGallery
        {...{ list, kind, self }}
        cursor={gallery.cursor.position}
        focusTick={gallery.focusTick}
        isSelected={gallery.isSelected}
        isSelecting={gallery.isSelecting}
        deeds={gallery.deeds}
        onShow={session.show}
        onLayout={gallery.onLayout}
      />
      {chosen > 0 && (
        <SelectionBar
          chosen={chosen}
          total={list.count}
          isAll={selection.isAll}
          canRetry={!selection.isAll && filter.state === 'failed'}
          onAll={() => gallery.select({ ...NOTHING, isAll: true })}
          onClear={() => gallery.setSelecting(false)}
          onApprove={() => decideSelected('approve')}
          onReject={() => decideSelected('reject')}
          onRegenerate={() => decideSelected('regenerate')}
          onRetry={() => onRetry({ skus: [...selection.codes] })}
        />
      )}
      {openCode !== null && (
        <SkuDrawer
          code={openCode}
          self={self}
          brief={briefOfCode(state, list.at(gallery.cursor.position), openCode)}
          read={session.readSku}
          onDecide={(sku, slot, decision) => {
            if (decision === 'regenerate') void askPrompt(sku.sku, slot, sku);
            else desk.decide(sku.sku, [slot], decision);
          }}
          toasts={<DeedToasts desk={desk} />}
          onUndo={() => void desk.undo()}
          onStep={step}
          onClose={() => onGo(filter)}
        />
      )}
      {dialog && (
        <ReviewDialogs
          {...{ client, dialog, desk, filter, target, chosen }}
          path={session.path}
          count={list.isComplete ? list.count : null}
          onManySent={() => gallery.setSelecting(false)}
          onClose={() => setDialog(null)}
        />
      )}
      {openCode === null && <DeedToasts desk={desk} />}
    </section>
  );
}

/** The drawer's SKU as the gallery knows it, wherever it stands in the batch. */
function briefOfCode(state: BatchState, atCursor: SkuBrief | undefined, code: string): SkuBrief | undefined {
  if (atCursor?.sku === code) return atCursor;
  return state.skus.find((known) => known?.sku.sku === code)?.sku;
}

/** What was decided is sent when the page is left, by a link or for good. */
function useLeaving(flush: () => void): void {
  useEffect(() => {
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);
}
