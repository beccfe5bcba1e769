import type { Adjustment, ImageView, SkuView } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { Decision } from '../review/review-desk.ts';
import { whyNot } from '../review/why-not.ts';
import { FailureText } from '../sku/failure-text.tsx';
import { localUrl } from '../sku/local-url.ts';
import { sourcePicture } from '../sku/source-picture.ts';
import { Timeline } from '../sku/timeline.tsx';
import { useSku } from '../sku/use-sku.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { checkFailure } from '../text/check-failure.ts';
import screen from '../text/en/screen.json' with { type: 'json' };
import { learnTexts } from '../text/messages.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';
import { letterKeys } from '../ui/letter-keys.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { Adjuster } from './adjuster.tsx';
import { DecisionBar } from './decision-bar.tsx';
import { EarlierPictures } from './earlier-pictures.tsx';
import { FailedChecks } from './failed-checks.tsx';
import { History } from './history.tsx';
import { LazyListingPreview } from './lazy-listing-preview.tsx';
import { ModelRoutes } from './model-routes.tsx';
import { PhotoList } from './photo-list.tsx';
import { PictureFacts } from './picture-facts.tsx';
import { PictureStrip } from './picture-strip.tsx';
import { ProductFacts } from './product-facts.tsx';
import { rememberScreenView, screenView } from './screen-view.ts';
import { type ShownPicture, shownPictures } from './shown-picture.ts';
import { type Reference, Stage } from './stage.tsx';
import { usePrefetch } from './use-prefetch.ts';
import { useSeen } from './use-seen.ts';
import { useSitting } from './use-sitting.ts';
import type { ZoomControl } from './use-zoom.ts';
import './sku-screen.css';

learnTexts(screen);

/** SKUs that are read, and decoded, before one gets to them. */
const AHEAD = 3;

const DECISIONS: Record<string, Decision> = { a: 'approve', r: 'reject', g: 'regenerate' };

/** What a person may have done to a picture, beside approving and rejecting. */
export interface RepairActions {
  restore(sku: string, image: ImageView, version: string): void;
  adjust(sku: string, image: ImageView, adjustment: Adjustment): void;
  /** Asks for words and shows the price first; `photo` is the address of the photo that the picture is made from. */
  regenerate(sku: SkuView | null, code: string, slot: string, photo?: string): void;
  /** Tries a failed SKU again. */
  retry(sku: string): void;
  /** Says why a key did nothing. */
  refuse(words: string): void;
  /** Puts an address or a file in the place of the photo at `url`. Rejects with `ProblemError`. */
  replacePhoto(sku: SkuView, url: string, by: string | File): Promise<void>;
}

/**
 * One SKU on the whole screen: picture and photo on the same scale, what failed in words, and every way to decide. It shows what the list
 * knows at once, so that a decision and the next picture wait for nothing; it changes live while it is open.
 */
export function SkuScreen(props: {
  code: string;
  self: string | undefined;
  list: SkuList;
  /** The gallery's view of it; another object whenever it has changed. */
  brief: SkuBrief | undefined;
  read: (code: string, signal: AbortSignal) => Promise<SkuView>;
  /** `hasMore`: another picture of the SKU has still to be judged. */
  onDecide: (
    code: string,
    pictures: readonly ShownPicture[],
    decision: 'approve' | 'reject',
    more: { hasMore: boolean; reason?: string | undefined },
  ) => void;
  repair: RepairActions;
  /** What was just decided: the page behind a modal dialog cannot be reached. */
  toasts: ComponentChildren;
  onUndo: () => void;
  onKeys: () => void;
  /** -1 for the SKU before, 1 for the one after. */
  onStep: (by: -1 | 1) => void;
  onClose: () => void;
}) {
  const { code, self, list, brief, onDecide, repair, toasts, onUndo, onKeys, onStep, onClose } = props;
  const position = brief === undefined ? -AHEAD : list.positionOf(brief.index);
  const next = Array.from({ length: AHEAD }, (_, n) => list.at(position + 1 + n)).filter(
    (one) => one !== undefined,
  );
  const read = usePrefetch(next, self, props.read)(brief);
  const { sku, problem } = useSku(code, brief, read);
  const sitting = useSitting(list, brief?.index);
  const pictures = shownPictures(sku, brief);

  const [chosen, setChosen] = useState<{ code: string; slot: string } | null>(null);
  const current =
    pictures.find(({ slot }) => chosen?.code === code && slot === chosen.slot) ??
    pictures.find(({ failing, decision }) => failing.length > 0 && decision === null) ??
    pictures[0];
  const [compared, setCompared] = useState<{ of: string; reference: Reference } | null>(null);
  const [mode, setMode] = useState<{ of: string; kind: 'adjust' | 'why' } | null>(null);
  const [view, setView] = useState(screenView);
  const [isPreview, setPreview] = useState(false);
  const mayChange = useContext(MayChange);
  const [typed, setTyped] = useState({ of: '', reason: '', address: false });
  const zoom = useRef<Pick<ZoomControl, 'toggle' | 'step'> | null>(null);
  const subject = `${code} ${current?.slot} ${current?.version}`;
  const { reason, address } = typed.of === subject ? typed : { reason: '', address: false };
  const isAskingWhy = mode?.of === subject && mode.kind === 'why';
  const isAdjusting = mode?.of === subject && mode.kind === 'adjust';
  const state = (brief ?? sku)?.state;
  const isSettled = state !== 'waiting' && state !== 'active' && state !== 'cancelled';

  const isUnpaid = isSettled && !current && (sku?.checks ?? brief?.failing ?? []).some(({ pass }) => !pass);

  // Another SKU is announced, and begins at its top.
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), [code]);

  const pictureUrl = current ? localUrl(current.url, self) : null;
  const wasSeen = useSeen(subject, pictureUrl);

  const decide = (
    decision: 'approve' | 'reject',
    { timeStamp }: Event,
    { why, isAboutAll = false }: { why?: string | undefined; isAboutAll?: boolean } = {},
  ): void => {
    if (!wasSeen(timeStamp)) {
      repair.refuse(translate('refusedUnseen', { sku: code }));
      return;
    }
    if (!current) {
      // Nothing of it was paid for yet: the decision is about the SKU.
      if (isUnpaid) onDecide(code, [], decision, { hasMore: false, reason: why });
      else repair.refuse(whyNot(code, state));
      return;
    }
    if (isAboutAll) {
      onDecide(code, pictures, decision, { hasMore: false });
      return;
    }
    const left = pictures.slice(pictures.indexOf(current) + 1).find((one) => one.decision === null);
    if (left) setChosen({ code, slot: left.slot });
    onDecide(code, [current], decision, { hasMore: left !== undefined, reason: why });
  };
  const regenerate = (): void => {
    if (current) repair.regenerate(sku, code, current.slot);
    else if (state === 'failed') repair.retry(code);
    else repair.refuse(whyNot(code, state));
  };
  const show = (by: number): void => {
    const to = pictures[(current ? pictures.indexOf(current) : 0) + by];
    if (to) setChosen({ code, slot: to.slot });
  };
  const changeView = (): void => {
    const other = view === 'sides' ? 'slider' : 'sides';
    rememberScreenView(other);
    setView(other);
  };
  const mayRepair = mayChange && isSettled;
  const canAdjust = mayRepair && current?.role === 'main' && current.whole !== null;
  const changing: Record<string, () => void> = {
    z: onUndo,
    w: () => (current ? setMode({ of: subject, kind: 'why' }) : repair.refuse(whyNot(code, state))),
    m: () => (canAdjust ? setMode({ of: subject, kind: 'adjust' }) : repair.refuse(translate('refusedMove'))),
  };
  const letters: Record<string, () => void> = {
    '?': onKeys,
    p: () => setPreview(!isPreview),
    l: () => zoom.current?.toggle(),
    '+': () => zoom.current?.step(1),
    '-': () => zoom.current?.step(-1),
    v: changeView,
    ...(mayChange && changing),
  };
  const arrows: Record<string, () => void> = {
    arrowleft: () => onStep(-1),
    arrowright: () => onStep(1),
    arrowup: () => show(-1),
    arrowdown: () => show(1),
  };

  const press = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    const decision = DECISIONS[key];
    const other = arrows[key] ?? (letterKeys.get() ? letters[key] : undefined);
    if (other) other();
    else if (!letterKeys.get()) return false;
    else if (!mayChange && (decision || key in changing)) repair.refuse(translate('roleViewer'));
    else if (!decision) return false;
    else if (decision === 'regenerate') regenerate();
    else decide(decision, event, { isAboutAll: event.shiftKey });
    return true;
  };

  const image = current?.whole ?? null;
  const photo = { name: translate('before'), url: photoOf(current, self) };
  const reference = compared?.of === subject ? compared.reference : photo;
  const compare = (other: Reference): void => setCompared({ of: subject, reference: other });

  return (
    <Modal
      kind="screen"
      label={translate('details', { sku: code })}
      isDirty={address || (isAskingWhy && reason.trim() !== '')}
      press={press}
      onClose={onClose}
    >
      {(close) => (
        <div class="screen">
          <header class="screen-head">
            <h1 ref={head} tabIndex={-1}>
              {code}
            </h1>
            {state && <StateBadge state={state} />}
            {sku?.attributes?.title && <span class="screen-title">{sku.attributes.title}</span>}
            <span class="screen-ways">
              {sitting && <span class="screen-place">{translate('placeOf', sitting)}</span>}
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
          </header>
          <div class="screen-stage">
            {current && image && isAdjusting ? (
              <Adjuster
                key={subject}
                picture={{ ...image, url: localUrl(image.url, self), alt: slotName(image.slot) }}
                onApply={(adjustment) => {
                  repair.adjust(code, image, adjustment);
                  setMode(null);
                }}
                onCancel={() => setMode(null)}
              />
            ) : current && isPreview ? (
              <LazyListingPreview
                {...{ pictures, current, self }}
                attributes={sku?.attributes ?? {}}
                code={code}
                onClose={() => setPreview(false)}
              />
            ) : current ? (
              <Stage
                picture={{ ...current, name: slotName(current.slot), url: localUrl(current.url, self) }}
                {...{ reference, view }}
                onView={changeView}
                onPreview={() => setPreview(true)}
                control={zoom}
              />
            ) : (
              <Pictureless {...{ sku, brief, self }} isMissing={problem !== null} />
            )}
            {current && (
              <PictureStrip {...{ pictures, current, self }} onShow={(slot) => setChosen({ code, slot })} />
            )}
          </div>
          <div class="screen-panel">
            {mayChange && (
              <DecisionBar
                canDecide={current !== undefined || isUnpaid}
                canAdjust={canAdjust}
                {...{ isAskingWhy, reason }}
                onReason={(words) => setTyped({ of: subject, reason: words, address })}
                onApprove={(event) => decide('approve', event)}
                onReject={(event, why) => {
                  setTyped({ of: '', reason: '', address: false });
                  decide('reject', event, { why });
                }}
                onRegenerate={regenerate}
                onAdjust={() => setMode({ of: subject, kind: 'adjust' })}
                onAskWhy={(asking) => setMode(asking ? { of: subject, kind: 'why' } : null)}
              />
            )}
            {toasts}
            {problem && !sku && <ProblemNote title={translate('skuMissing')} error={problem} />}
            {(sku ?? brief)?.failure && state !== 'completed' && (
              <div class="note note-failed">
                <FailureText failure={(sku ?? brief)?.failure as NonNullable<SkuView['failure']>} />
                {mayChange && state === 'failed' && (
                  <button type="button" onClick={() => repair.retry(code)}>
                    {translate('tryAgain')}
                  </button>
                )}
              </div>
            )}
            {(sku?.images.length === 0 ? (sku.checks ?? []) : []).map((check) => (
              <p class="note" key={check.rule}>
                {checkFailure(check)}
              </p>
            ))}
            {current && (
              <div class="panel-part">
                <h2 class="screen-slot">
                  {slotName(current.slot)}{' '}
                  {current.decision && (
                    <span class={`verdict verdict-${current.decision}`}>{translate(current.decision)}</span>
                  )}
                </h2>
                {image?.review?.reason && <q class="small">{image.review.reason}</q>}
                <FailedChecks failing={current.failing} all={image?.checks} />
              </div>
            )}
            {sku && <ProductFacts sku={sku} />}
            {sku && (
              <PhotoList
                {...{ sku, self }}
                canChoose={mayRepair && sku.images.some(({ role }) => role === 'main')}
                onCompare={compare}
                canReplace={mayRepair}
                onTyped={(isTyped) => setTyped({ of: subject, reason, address: isTyped })}
                onReplace={(url, by) => repair.replacePhoto(sku, url, by)}
                onChoose={(url) => repair.regenerate(sku, code, 'main', url)}
              />
            )}
            {image && (
              <EarlierPictures
                {...{ image, self }}
                canRestore={mayRepair}
                onCompare={compare}
                onRestore={(version) => repair.restore(code, image, version)}
              />
            )}
            {sku && <ModelRoutes sku={sku} />}
            <History decisions={sku?.decisions} />
            {image && <PictureFacts image={image} self={self} />}
            {sku && <Timeline entries={sku.timeline} attempts={sku.attempts} />}
          </div>
        </div>
      )}
    </Modal>
  );
}

function photoOf(picture: ShownPicture | undefined, self: string | undefined): string | null {
  return picture ? sourcePicture(picture, self, location.origin) : null;
}

/** A SKU without a picture: its photo, if there is a copy of it. */
function Pictureless({
  sku,
  brief,
  self,
  isMissing,
}: {
  sku: SkuView | null;
  brief: SkuBrief | undefined;
  self: string | undefined;
  /** It cannot be read, and waiting would not end. */
  isMissing: boolean;
}) {
  const photo = sku?.sourcePreviewUrl ?? brief?.photoUrl;
  if (photo !== undefined)
    return <img class="screen-photo" src={localUrl(photo, self)} alt={translate('before')} />;
  if (sku || isMissing) return <p class="screen-none soft">{translate('noPictureYet')}</p>;
  return (
    <div role="status" class="screen-none">
      <span class="visually-hidden">{translate('loading')}</span>
      <div class="waiting-room screen-waiting" />
    </div>
  );
}
