import type { BatchSummary, SkuView } from '@image-studio/contract';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { galleryKind, rememberGalleryKind } from '../gallery/gallery-kind.ts';
import { GalleryTools } from '../gallery/gallery-tools.tsx';
import { SelectionBar } from '../gallery/selection-bar.tsx';
import { SkuGallery } from '../gallery/sku-gallery.tsx';
import { isDrawn, isOnScreen, ringIn } from '../gallery/use-focus-at-ring.ts';
import { type GalleryControl, useGallery } from '../gallery/use-gallery.ts';
import { ActionToasts } from '../review/action-toasts.tsx';
import { deskOf } from '../review/desk-of.ts';
import type { Decision, Target } from '../review/review-desk.ts';
import { whyNot } from '../review/why-not.ts';
import { LazySkuScreen } from '../screen/lazy-sku-screen.tsx';
import { replaceSource } from '../screen/replace-source.ts';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import { pictureShown } from '../state/picture-shown.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { listSkus } from '../state/sku-list.ts';
import { translate } from '../text/translate.ts';
import { useKeyLayer } from '../ui/key-layers.ts';
import { letterKeys } from '../ui/letter-keys.ts';
import type { RetryTarget } from './batch-actions.ts';
import type { BatchSession } from './batch-session.ts';
import { type ReviewDialog, ReviewDialogs } from './review-dialogs.tsx';
import './review-area.css';

/** The gallery and everything one decides in it. */
export function ReviewArea(props: {
  client: StudioClient;
  session: BatchSession;
  state: BatchState;
  summary: BatchSummary | null;
  /** The SKU that is open on the whole screen. */
  sku: string | null;
  isListBroken: boolean;
  onGo: (filter: SkuFilter, sku?: string | null) => void;
  onRetry: (target: RetryTarget) => void;
}) {
  const { client, session, state, summary, sku: openCode, isListBroken, onGo, onRetry } = props;
  const { batch, filter } = state;
  const self = batch.links?.self;
  const desk = useMemo(() => deskOf(session.path, client), [session]);
  useLeaving(desk.flush);
  // Who opens a SKU should not wait for its code.
  useEffect(() => void LazySkuScreen.load().catch(() => {}), []);
  const [kind, setKind] = useState(() => galleryKind(batch.counts.total));
  const mayChange = useContext(MayChange);
  const [dialog, setDialog] = useState<ReviewDialog | null>(null);

  const lists = useMemo(() => memoLast((kept: number | undefined) => listSkus(state, kept)), [state]);
  const gallery = useGallery(lists, JSON.stringify(filter), {
    isCovered: openCode !== null || dialog !== null,
    open: (code) => onGo(filter, code),
    readRange: session.readRange,
    readCodes: () => session.readCodes(filter),
    command: (key, sku, isShifted) => {
      if (key === '?') setDialog({ kind: 'keys' });
      else if (key === '/') document.getElementById('sku-search')?.focus();
      else if (key === 'escape') gallery.setSelecting(false);
      else if (key !== 'z' && !(key in DECISIONS)) return false;
      else if (!mayChange) desk.refuse(translate('roleViewer'));
      else if (key === 'z') void desk.undo();
      else decide(DECISIONS[key] as Decision, sku, isShifted);
      return true;
    },
  });
  const { list, selection, place } = gallery;
  const chosen = selection.codes.size;
  const target: Target = { skus: [...selection.codes] };
  useKeyLayer('page', (event) => pressGallery(event, gallery, mayChange, desk.refuse));
  const step = useSteps(openCode, state, session, gallery, (code) => onGo(filter, code));

  /** About the selection if there is one, else about the picture that the card with the ring shows. */
  function decide(decision: Decision, sku: SkuBrief | undefined, isAboutAll: boolean): void {
    if (chosen > 0) {
      decideSelected(decision);
      return;
    }
    const shown = sku && pictureShown(sku);
    if (sku && !shown && decision !== 'regenerate' && (sku.failing?.length ?? 0) > 0) {
      desk.decideUnpaid(sku.sku, decision);
      gallery.advance();
      return;
    }
    if (!sku) {
      desk.refuse(translate('refusedNothing'));
      return;
    }
    if (!shown) {
      if (decision === 'regenerate' && sku.state === 'failed') onRetry({ skus: [sku.sku] });
      else desk.refuse(whyNot(sku.sku, sku.state));
      return;
    }
    if (decision === 'regenerate') return void askPrompt(sku.sku, shown.slot);
    desk.decide(sku.sku, isAboutAll ? sku.images : [shown], decision);
    gallery.advance();
  }

  function decideSelected(decision: Decision): void {
    if (decision === 'regenerate') {
      setDialog({ kind: 'regenerateMany' });
      return;
    }
    desk.decideMany(target, chosen, decision, {});
    gallery.setSelecting(false);
  }

  async function askPrompt(
    code: string,
    slot: string,
    known?: SkuView | null,
    photo?: string,
  ): Promise<void> {
    const sku = known ?? (await session.readSku(code).catch(() => null));
    if (!sku) return;
    const image = sku.images.find((one) => one.slot === slot) ?? null;
    setDialog({ kind: 'regenerate', sku: code, slot, image, ...(photo !== undefined && { photo }) });
  }

  return (
    <section class="review-area" aria-label={translate('gallery')}>
      <p id="gallery-keys" class="visually-hidden">
        {translate(mayChange ? 'galleryHint' : 'galleryHintViewer')}
      </p>
      <GalleryTools
        {...{ filter, summary, kind }}
        isSelecting={gallery.isSelecting}
        count={list.isComplete ? list.matching : null}
        onFilter={onGo}
        onKind={(next) => {
          rememberGalleryKind(next);
          setKind(next);
        }}
        onSelecting={gallery.setSelecting}
        onDownload={() => setDialog({ kind: 'downloads' })}
        onExport={() => setDialog({ kind: 'exports' })}
        onKeys={() => setDialog({ kind: 'keys' })}
      />
      {isListBroken && (
        <p class="note note-failed" role="alert">
          {translate('listBroken')}
        </p>
      )}
      {list.isComplete && list.matching === 0 && (
        <div class="note review-none">
          <p>{translate(filter.q || filter.reason || filter.rule ? 'noSkus' : 'noSkusYet')}</p>
          <button type="button" onClick={() => onGo({})}>
            {translate('clearFilter')}
          </button>
        </div>
      )}
      <SkuGallery
        {...{ list, kind, self, place }}
        focusTick={gallery.focusTick}
        selected={selection.codes}
        isSelecting={gallery.isSelecting}
        actions={gallery.actions}
        onShow={session.show}
        onLayout={gallery.onLayout}
      />
      {chosen > 0 && (
        <SelectionBar
          chosen={chosen}
          total={list.matching}
          canRetry={filter.state === 'failed'}
          onAll={gallery.selectAll}
          onClear={() => gallery.setSelecting(false)}
          onApprove={() => decideSelected('approve')}
          onReject={() => decideSelected('reject')}
          onRegenerate={() => decideSelected('regenerate')}
          onRetry={() => onRetry({ skus: [...selection.codes] })}
        />
      )}
      {openCode !== null && (
        <LazySkuScreen
          code={openCode}
          self={self}
          list={list}
          brief={briefOf(openCode, place.sku, state)}
          read={session.readSku}
          onDecide={(code, pictures, decision, { hasMore, reason }) => {
            if (pictures.length === 0) desk.decideUnpaid(code, decision);
            else desk.decide(code, pictures, decision, reason);
            if (!hasMore) step(1);
          }}
          repair={{
            restore: (code, { slot, version: seen }, version) =>
              desk.restore(code, { slot, version: seen }, version),
            adjust: (code, { slot, version }, adjustment) => desk.adjust(code, { slot, version }, adjustment),
            regenerate: (sku, code, slot, photo) => void askPrompt(code, slot, sku, photo),
            retry: (code) => onRetry({ skus: [code] }),
            refuse: desk.refuse,
            replacePhoto: (sku, url, by) => replaceSource(client, session.path, sku, url, by),
          }}
          toasts={<ActionToasts desk={desk} />}
          onUndo={() => void desk.undo()}
          onKeys={() => setDialog({ kind: 'keys' })}
          onStep={step}
          onClose={() => {
            gallery.show();
            onGo(filter);
          }}
        />
      )}
      {dialog && (
        <ReviewDialogs
          {...{ client, dialog, self, desk, filter, target, chosen }}
          path={session.path}
          count={list.isComplete ? list.matching : null}
          onManySent={() => gallery.setSelecting(false)}
          onClose={() => setDialog(null)}
        />
      )}
      {openCode === null && <ActionToasts desk={desk} />}
    </section>
  );
}

/** What the list knows of the SKU that is open, also while the ring is on its way to it. */
function briefOf(code: string, ringed: SkuBrief | undefined, { skus }: BatchState): SkuBrief | undefined {
  return ringed?.sku === code ? ringed : skus.find((one) => one?.sku.sku === code)?.sku;
}

/** Where nothing has the focus, these keys are the gallery's, too. */
const KEYS_OF_PAGE = /^(Arrow|Enter$|Escape$)/;
/** Keys that decide: only about what can be seen. */
const DECISIONS: Record<string, Decision> = { a: 'approve', r: 'reject', g: 'regenerate' };

function pressGallery(
  event: KeyboardEvent,
  gallery: GalleryControl,
  mayChange: boolean,
  refuse: (words: string) => void,
): boolean {
  const { target, key } = event;
  const isInGrid = target instanceof Element && target.closest('[role="grid"]') !== null;
  const isLetter = key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isLetter && !letterKeys.get()) return false;
  const isOurs = isInGrid || isLetter || (KEYS_OF_PAGE.test(key) && isNothing(target));
  if (!isOurs) return false;
  // Somebody who may only look is told that, whatever the picture shows.
  if (mayChange && isLetter && key.toLowerCase() in DECISIONS) {
    const cell = ringIn(document);
    if (!isOnScreen(cell)) {
      gallery.show();
      return true;
    }
    const sku = cell?.dataset.sku;
    if (sku !== undefined && !isDrawn(cell)) {
      refuse(translate('refusedUnseen', { sku }));
      return true;
    }
  }
  return gallery.press(event);
}

/** Whether the focus is nowhere in particular. */
function isNothing(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof HTMLElement && target.id === 'content');
}

/** Read beyond the SKU that is open, so that the next ones are there when they are asked for. */
const READ_AHEAD = 12;

/**
 * Steps of the screen through the same list as the gallery, with the same ring. A SKU that is open has the ring; from a
 * shared link, as soon as it is known where it stands: steps that are asked for before then wait until it has.
 */
function useSteps(
  code: string | null,
  state: BatchState,
  session: BatchSession,
  gallery: GalleryControl,
  open: (code: string) => void,
): (by: -1 | 1) => void {
  const waiting = useRef<(-1 | 1)[]>([]);
  // The SKU that a step has left: until the address follows, the ring is right and the address is not.
  const left = useRef<string | null>(null);
  if (left.current !== code) left.current = null;
  const { position, sku } = gallery.place;
  const isThere = code === null || sku?.sku === code;
  useEffect(() => {
    if (isThere || code === null || left.current === code) return;
    const known = state.skus.find((one) => one?.sku.sku === code)?.sku.index;
    const ending = new AbortController();
    const found = known ?? session.readSku(code, ending.signal).then(({ index }) => index);
    Promise.resolve(found).then(
      async (index) => {
        gallery.goTo(index);
        // The list has to reach the SKU, for the ones before and after it.
        await session.readUntil(index);
      },
      () => {},
    );
    return () => ending.abort();
  }, [code, isThere]);
  useEffect(() => {
    if (code !== null && isThere) void session.readRange(position, position + READ_AHEAD).catch(() => {});
  }, [code, isThere, position]);
  const isNextKnown = gallery.list.at(position + 1) !== undefined || position + 1 >= gallery.list.count;
  const mayStep = (by: -1 | 1): boolean => isThere && left.current === null && (isNextKnown || by < 0);
  const take = (by: -1 | 1): void => {
    const next = gallery.step(by);
    if (!next) return;
    left.current = code;
    open(next.sku);
  };
  useEffect(() => {
    const by = waiting.current[0];
    if (code === null) waiting.current = [];
    else if (by !== undefined && mayStep(by)) {
      waiting.current.shift();
      take(by);
    }
  });
  const [, redraw] = useState({});
  return (by) => {
    // At once, where that can be: an effect would show the SKU that is left for one more frame.
    if (waiting.current.length === 0 && mayStep(by)) {
      take(by);
      return;
    }
    waiting.current.push(by);
    redraw({});
  };
}

/** `make`, which answers at once when it is asked the same as the last time. */
function memoLast<A, B>(make: (asked: A) => B): (asked: A) => B {
  let last: { asked: A; answer: B } | undefined;
  return (asked) => {
    if (!last || last.asked !== asked) last = { asked, answer: make(asked) };
    return last.answer;
  };
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
