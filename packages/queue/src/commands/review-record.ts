import {
  type Adjustment,
  combineAdjustments,
  dropPicture,
  type Failure,
  type ImageRecord,
  pictureVersion,
  type Redo,
  type Review,
  type SkuDecision,
  type SkuRecord,
  type SkuState,
  say,
  slotsOf,
  stateByPictures,
} from '@image-studio/contract';

export interface ReviewOrder {
  decision: SkuDecision;
  /** Slots of a SKU's pictures as the batch plans them. */
  planned: readonly string[];
  /** One picture; without it the decision is about all pictures that it suits. */
  slot?: string;
  /** Only pictures that fail this check. */
  rule?: string;
  /** The picture that was looked at; another one in its place is not decided about. `restore` brings it back. */
  version?: string;
  /** Words for the next picture, when the decision asks for one: in place of the batch's words, or beside them. */
  prompt?: string;
  extraPrompt?: string;
  /** Address of the photo that the main picture is made from, when the decision asks for another one. */
  photo?: string;
  /** How the product is to stand, when the decision is to adjust it. */
  adjustment?: Adjustment;
  /** Why it is rejected. */
  reason?: string;
  /** What the client calls the decision; an `undo` of that name takes back only what it changed. */
  action?: string;
  /** Who decided, where keys have names. */
  by?: string;
}

/**
 * What becomes of a SKU. `busy`: it is waiting or being worked on, and its job would overwrite the decision;
 * `cancelled`; `nothing`: it has no picture that the decision could be about. `done` holds also when nothing changed
 * because the decision had been taken before; `slots` are the pictures that will be made. `changed`: the picture that was
 * looked at is no longer there.
 */
export type ReviewOutcome =
  | { verdict: 'busy' | 'cancelled' | 'nothing' | 'changed' }
  | { verdict: 'done'; state: SkuState; record: SkuRecord; slots: string[] };

/** The record and the state of a SKU after a decision. Deciding the same twice is deciding it once. */
export function reviewRecord(
  state: SkuState,
  before: SkuRecord,
  order: ReviewOrder,
  at: string,
): ReviewOutcome {
  if (state === 'cancelled') return { verdict: 'cancelled' };
  if (waitsUnpaid(before) && state !== 'waiting' && state !== 'active') return judgeSku(state, before, order);
  const names = slotsOf(before.images);
  const record = { ...before, images: before.images.map((image, n) => ({ ...image, slot: names[n] })) };
  if (state === 'waiting' || state === 'active') return changeRequest(state, record, order);
  const slots = slotsFor(record, order);
  if (slots.length === 0) return { verdict: 'nothing' };
  if (order.decision === 'restore') return restorePicture(state, record, slots, order);
  const isSeen = (slot: string) => {
    const image = imageIn(record, slot);
    return image === undefined || order.version === undefined || pictureVersion(image) === order.version;
  };
  if (!slots.every(isSeen)) return { verdict: 'changed' };
  for (const slot of slots) decide(record, slot, order, at);
  if (order.decision === 'regenerate' || order.decision === 'adjust') {
    delete record.failure;
    return { verdict: 'done', state: 'waiting', record, slots: missingOf(record, order.planned) };
  }
  return { verdict: 'done', ...judge(record, state, order.planned), slots: [] };
}

/** Before anything was paid for, a check of the SKU itself failed: the decision is about the SKU. */
function waitsUnpaid({ images, checks = [] }: SkuRecord): boolean {
  return images.length === 0 && checks.some(({ pass }) => !pass);
}

function judgeSku(
  state: SkuState,
  before: SkuRecord,
  { decision, planned, rule }: ReviewOrder,
): ReviewOutcome {
  const faults = (before.checks ?? []).filter(({ pass }) => !pass);
  if (rule !== undefined && faults.every((check) => check.rule !== rule)) return { verdict: 'nothing' };
  const { failure, ...record } = before;
  switch (decision) {
    case 'approve':
    case 'regenerate': {
      const { checks: _, photoKey: __, ...free } = record;
      return { verdict: 'done', state: 'waiting', record: free, slots: [...planned] };
    }
    case 'undo':
      return { verdict: 'done', state: 'needsReview', record, slots: [] };
    case 'restore':
    case 'adjust':
      return { verdict: 'nothing' };
    case 'reject': {
      const [fault] = faults;
      const [rule, measured, required] = [fault?.rule, fault?.measured, fault?.required].map(String) as [
        string,
        string,
        string,
      ];
      const said = say`rejected by a reviewer, before any picture was made: ${rule} is ${measured}, required: ${required}`;
      const rejected: Failure = { code: 'CHECK_FAILED', ...said, stage: 'prepare', retryable: true };
      const isRejected = state === 'failed' && failure !== undefined;
      return {
        verdict: 'done',
        state: 'failed',
        record: { ...record, failure: isRejected ? failure : rejected },
        slots: [],
      };
    }
  }
}

/**
 * Changes a request for a picture that is on its way already. Its words may change until its job has started; a second request
 * for the same picture is the first one, sent again.
 */
function changeRequest(state: SkuState, record: SkuRecord, order: ReviewOrder): ReviewOutcome {
  if (order.decision !== 'regenerate') return { verdict: 'busy' };
  const isAdjusted = (slot: string) => record.redo?.[slot]?.adjustment !== undefined;
  const pending = order.planned.filter((slot) => isPending(record, slot) && !isAdjusted(slot));
  const slots = order.slot === undefined ? pending : pending.filter((slot) => slot === order.slot);
  if (slots.length === 0) return { verdict: 'busy' };
  const wanted = wordsOf(order);
  const isSame = slots.every((slot) => {
    const { prompt, extraPrompt, photo } = record.redo?.[slot] ?? {};
    const isSamePhoto = wanted.photo === undefined || photo === wanted.photo;
    return prompt === wanted.prompt && extraPrompt === wanted.extraPrompt && isSamePhoto;
  });
  if (!isSame && state === 'active') return { verdict: 'busy' };
  for (const slot of slots) ask(record, slot, record.redo?.[slot]?.round ?? 1, wanted);
  return { verdict: 'done', state, record, slots: missingOf(record, order.planned) };
}

/** The pictures that a decision is about. */
function slotsFor(record: SkuRecord, { decision, planned, slot, rule }: ReviewOrder): string[] {
  const present = record.images.map((image) => image.slot ?? '');
  const missing = planned.filter((each) => !present.includes(each));
  const known = decision === 'regenerate' ? [...present, ...missing] : present;
  if (slot !== undefined) return known.filter((each) => each === slot);
  const fails = ({ checks }: ImageRecord) => checks.some(({ pass }) => !pass);
  const slotsWhere = (wanted: (image: ImageRecord) => boolean) =>
    record.images.filter(wanted).map((image) => image.slot ?? '');
  if (rule !== undefined) {
    return slotsWhere(({ checks }) => checks.some((check) => check.rule === rule && !check.pass));
  }
  if (decision === 'approve' || decision === 'undo') return present;
  // A reviewer who asks for other pictures of a hundred SKUs does not mean the pictures that pass.
  const faulty = slotsWhere(({ review, ...image }) =>
    review == null ? fails(image) : review.decision === 'rejected',
  );
  if (decision === 'reject') return faulty.length > 0 ? faulty : present;
  return faulty.length + missing.length > 0 ? [...faulty, ...missing] : present;
}

function decide(record: SkuRecord, slot: string, order: ReviewOrder, at: string): void {
  switch (order.decision) {
    case 'approve':
      keepPicture(record, slot);
      setReview(record, slot, 'approved', order, at);
      break;
    case 'reject':
      // Trying the SKU again will make this picture anew.
      if (!isPending(record, slot)) ask(record, slot, nextRound(record, slot), wordsOf(order));
      setReview(record, slot, 'rejected', order, at);
      break;
    case 'undo':
      takeBack(record, slot, order);
      break;
    case 'regenerate':
      ask(record, slot, nextRound(record, slot), wordsOf(order));
      if (imageIn(record, slot)?.review?.decision === 'approved') setReview(record, slot, null, order, at);
      break;
    case 'adjust': {
      const adjustment = combineAdjustments(
        imageIn(record, slot)?.adjustment,
        order.adjustment ?? { scale: 1, x: 0, y: 0 },
      );
      ask(record, slot, nextRound(record, slot), { adjustment });
    }
  }
}

/** Brings an earlier picture of a slot back, unjudged; the present one takes its place among the tries. */
function restorePicture(
  state: SkuState,
  record: SkuRecord,
  [slot]: string[],
  { planned, version }: ReviewOrder,
): ReviewOutcome {
  const image = slot === undefined ? undefined : imageIn(record, slot);
  if (slot === undefined || image === undefined) return { verdict: 'nothing' };
  if (pictureVersion(image) === version) return { verdict: 'done', state, record, slots: [] };
  const tries = dropPicture(image);
  const found = tries.find(
    ({ callKey, picture }) =>
      picture && pictureVersion({ callKey, createdAt: picture.createdAt }) === version,
  );
  if (!found?.picture) return { verdict: 'nothing' };
  const { round, callKey, picture } = found;
  const { role, kind, costUsd, review, earlierReviews = [] } = image;
  const earlier = (review ? [...earlierReviews, review] : earlierReviews).slice(-MOST_REVIEWS);
  const restored: ImageRecord = {
    ...picture,
    ...{ role, kind, slot, round, callKey, costUsd },
    tries: tries.filter((one) => one !== found),
    review: null,
    ...(earlier.length > 0 && { earlierReviews: earlier }),
  };
  const redo = record.redo?.[slot];
  const latest = Math.max(1, nextRound(record, slot) - 1);
  record.images = record.images.map((one) => (one === image ? restored : one));
  // A picture to come is made from the photo of the one that a person wants.
  const photo = redo?.photo !== undefined && { photo: picture.sourceUrl };
  setRedo(record, slot, { ...redo, ...photo, round: latest, kept: true });
  return { verdict: 'done', ...judge(record, state, planned), slots: [] };
}

/**
 * Takes back the decision that is called `action`: if it is the latest, the one before it holds again; otherwise the latest holds on, and no
 * undo of it leads back to this one. Without a name no decision is left. Each time doing it twice is doing it once.
 */
function takeBack(record: SkuRecord, slot: string, { action }: ReviewOrder): void {
  const image = imageIn(record, slot);
  if (image?.review == null) return;
  const { review, earlierReviews = [], ...rest } = image;
  const left = action === undefined ? [] : [...earlierReviews, review].filter((one) => one.action !== action);
  if (action !== undefined && left.length > earlierReviews.length) return;
  const [before = null, ...earlier] = left.toReversed();
  const after = {
    ...rest,
    review: before,
    ...(earlier.length > 0 && { earlierReviews: earlier.toReversed() }),
  };
  record.images = record.images.map((one) => (one === image ? after : one));
  if (before === review) return;
  const redo = record.redo?.[slot];
  if (before?.decision !== 'rejected') keepPicture(record, slot);
  else if (redo) setRedo(record, slot, { ...redo, kept: false });
}

/** State of a SKU after a decision that asks for no further picture. */
function judge(
  { failure, ...record }: SkuRecord,
  state: SkuState,
  planned: readonly string[],
): { state: SkuState; record: SkuRecord } {
  const isRejected = (slot: string) => imageIn(record, slot)?.review?.decision === 'rejected';
  const lacks = missingOf(record, planned).filter((slot) => !isRejected(slot));
  // A decision about the other pictures does not mend the reason why one was not made.
  if (state === 'failed' && failure && lacks.length > 0) return { state, record: { ...record, failure } };
  const rejected = record.images.filter(({ review }) => review?.decision === 'rejected');
  if (rejected.length > 0) return { state: 'failed', record: { ...record, failure: rejection(rejected) } };
  return { state: stateByPictures(record.images), record };
}

function rejection(rejected: ImageRecord[]): Failure {
  const slots = rejected.map(({ slot }) => slot);
  const named = slots.join(', ');
  const said =
    slots.length === 1
      ? say`a reviewer rejected the ${named} picture`
      : say`a reviewer rejected these pictures: ${named}`;
  const [why] = rejected.flatMap(({ review }) => review?.reason ?? []);
  return {
    code: 'CHECK_FAILED',
    ...(why === undefined ? said : say`${said}: ${why}`),
    stage: 'finish',
    retryable: true,
  };
}

/** Slots that the SKU's next run will make: those without a picture, and those of which another one is wanted. */
function missingOf(record: SkuRecord, planned: readonly string[]): string[] {
  return planned.filter((slot) => !imageIn(record, slot) || isPending(record, slot));
}

/** Another picture of this slot is wanted and has not been made. */
function isPending(record: SkuRecord, slot: string): boolean {
  const redo = record.redo?.[slot];
  if (!redo || redo.kept) return false;
  const image = imageIn(record, slot);
  return !image || redo.round > (image.round ?? 0);
}

/** The picture that is there stays, whatever was asked for before. */
function keepPicture(record: SkuRecord, slot: string): void {
  const redo = record.redo?.[slot];
  if (redo && isPending(record, slot)) setRedo(record, slot, { ...redo, kept: true });
}

function nextRound(record: SkuRecord, slot: string): number {
  return Math.max(record.redo?.[slot]?.round ?? 0, imageIn(record, slot)?.round ?? 0) + 1;
}

/** Asks for another round of a slot. The photo that a person chose is the main one until another is chosen. */
function ask(record: SkuRecord, slot: string, round: number, wanted: Omit<Redo, 'round'>): void {
  const photo = wanted.photo ?? record.redo?.[slot]?.photo;
  setRedo(record, slot, { ...wanted, round, ...(photo !== undefined && { photo }) });
}

function setRedo(record: SkuRecord, slot: string, redo: Redo): void {
  record.redo = { ...record.redo, [slot]: redo };
}

/** Decisions of one picture that are remembered: more than two people change their minds in a day. */
const MOST_REVIEWS = 20;

function setReview(
  record: SkuRecord,
  slot: string,
  decision: 'approved' | 'rejected' | null,
  order: ReviewOrder,
  at: string,
): void {
  const { by, reason, action } = order;
  record.images = record.images.map((image) => {
    if (image.slot !== slot) return image;
    const { review: before, earlierReviews = [], ...rest } = image;
    if (decision === null) return before ? { ...rest, review: null } : image;
    if (before?.decision === decision && isSame(before, order, earlierReviews)) return image;
    const earlier = (before ? [...earlierReviews, before] : earlierReviews).slice(-MOST_REVIEWS);
    const why = decision === 'rejected' && reason !== undefined && { reason };
    const review = {
      decision,
      at,
      ...(by !== undefined && { by }),
      ...why,
      ...(action !== undefined && { action }),
    };
    return { ...rest, review, ...(earlier.length > 0 && { earlierReviews: earlier }) };
  });
}

/**
 * Whether an equal decision is one that was taken already: by the same person and for no other reason, or sent again. That of another
 * person holds beside it, so that neither is lost when the other is taken back.
 */
function isSame(before: Review, { by, reason, action }: ReviewOrder, earlier: readonly Review[]): boolean {
  if (action !== undefined && [before, ...earlier].some((one) => one.action === action)) return true;
  return before.by === by && (reason === undefined || reason === before.reason);
}

function imageIn(record: Pick<SkuRecord, 'images'>, slot: string): ImageRecord | undefined {
  return record.images.find((image) => image.slot === slot);
}

function wordsOf({
  prompt,
  extraPrompt,
  photo,
}: ReviewOrder): Pick<Redo, 'prompt' | 'extraPrompt' | 'photo'> {
  return {
    ...(prompt?.trim() && { prompt }),
    ...(extraPrompt?.trim() && { extraPrompt }),
    ...(photo !== undefined && { photo }),
  };
}
