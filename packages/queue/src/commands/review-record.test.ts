import {
  dropPicture,
  type Failure,
  type ImageRecord,
  pictureVersion,
  type SkuRecord,
  type SkuState,
} from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { aPicture } from '../testing/queue-fixture.ts';
import { type ReviewOrder, reviewRecord } from './review-record.ts';

const AT = '2027-01-01T00:00:00.000Z';
const TIMEOUT: Failure = { code: 'SOURCE_TIMEOUT', message: 'slow', stage: 'download', retryable: true };

function pictureIn(slot: string, change: Partial<ImageRecord> = {}): ImageRecord {
  const shown = slot === 'main' ? {} : ({ role: 'secondary', kind: 'detail' } as const);
  return aPicture({ slot, key: `k/${slot}`, ...shown, ...change });
}

const GREY = { checks: [{ rule: 'background', measured: 240, required: '255', pass: false }] };

function aRecord(images: ImageRecord[], change: Partial<SkuRecord> = {}): SkuRecord {
  return { stage: null, attempts: 1, timeline: [], images, ...change };
}

/** Takes decisions one after the other, and returns where they lead; throws when one cannot be taken. */
function after(state: SkuState, record: SkuRecord, ...orders: (Partial<ReviewOrder> | 'failed')[]) {
  const planned = record.images.map(({ slot }) => slot ?? '');
  let now = { state, record, slots: [] as string[] };
  for (const order of orders) {
    if (order === 'failed') {
      now = { ...now, state: 'failed', record: { ...now.record, failure: TIMEOUT } };
      continue;
    }
    const outcome = reviewRecord(now.state, now.record, { decision: 'approve', planned, ...order }, AT);
    if (outcome.verdict !== 'done') throw new Error(outcome.verdict);
    now = outcome;
  }
  return now;
}

const approve = { decision: 'approve' } as const;
const reject = { decision: 'reject' } as const;
const undo = { decision: 'undo' } as const;
const regenerate = { decision: 'regenerate' } as const;

describe('a decision about a SKU', () => {
  test('approves what a check found fault with, and the SKU is complete', () => {
    const { state, record } = after('needsReview', aRecord([pictureIn('main', GREY)]), approve);
    expect(state).toBe('completed');
    expect(record.images[0]?.review).toEqual({ decision: 'approved', at: AT });
  });

  test('leaves a SKU to be reviewed while another of its pictures has a fault', () => {
    const record = aRecord([pictureIn('main', GREY), pictureIn('detail', GREY)]);
    expect(after('needsReview', record, { ...approve, slot: 'main' }).state).toBe('needsReview');
    expect(
      after('needsReview', record, { ...approve, slot: 'main' }, { ...approve, slot: 'detail' }).state,
    ).toBe('completed');
  });

  test('rejects: the SKU fails with a reason, and its next run makes the picture anew', () => {
    const { state, record } = after('completed', aRecord([pictureIn('main')]), reject);
    expect(state).toBe('failed');
    expect(record.failure).toMatchObject({ code: 'CHECK_FAILED', retryable: true });
    expect(record.failure?.message).toBe('a reviewer rejected the main picture');
    expect(record.redo).toEqual({ main: { round: 1 } });
  });

  test.each([approve, reject, undo])('$decision twice is $decision once', (order) => {
    const record = aRecord([pictureIn('main', GREY), pictureIn('detail')]);
    const once = after('needsReview', record, order);
    expect(after('needsReview', record, order, order)).toEqual(once);
  });

  test('an equal one of another person is a decision, too, and holds when the first is taken back', () => {
    const anna = { ...approve, by: 'anna', action: '1' };
    const ben = { ...approve, by: 'ben', action: '2' };
    const both = after('needsReview', aRecord([pictureIn('main', GREY)]), anna, ben);
    expect(both.record.images[0]).toMatchObject({
      review: { decision: 'approved', by: 'ben' },
      earlierReviews: [{ decision: 'approved', by: 'anna' }],
    });
    // Sent again, each is the same decision.
    expect(after('completed', both.record, ben, anna)).toEqual(both);
    const first = after('completed', both.record, { ...undo, action: '1' });
    expect(first.record.images[0]?.review).toMatchObject({ by: 'ben' });
    expect(after('completed', first.record, { ...undo, action: '2' }).state).toBe('needsReview');
    const undone = after('completed', both.record, { ...undo, action: '2' });
    expect(undone.state).toBe('completed');
    expect(undone.record.images[0]?.review).toMatchObject({ decision: 'approved', by: 'anna' });
  });

  test('a rejection of the same person with another reason holds, with that reason', () => {
    const plain = { ...reject, by: 'anna' };
    const record = aRecord([pictureIn('main')]);
    const told = after('completed', record, plain, { ...plain, reason: 'the label is gone' });
    expect(told.record.images[0]?.review).toMatchObject({ reason: 'the label is gone' });
    expect(told.record.failure?.message).toContain('the label is gone');
    expect(after('failed', told.record, plain)).toEqual(told);
  });

  test('undo takes a rejection back, and no further picture is wanted', () => {
    const { state, record } = after('completed', aRecord([pictureIn('main')]), reject, undo);
    expect(state).toBe('completed');
    expect(record.failure).toBeUndefined();
    expect(record.images[0]?.review).toBeNull();
    expect(record.redo?.main).toMatchObject({ kept: true });
  });

  test('undo of a named decision goes back to the one before, once, and leaves what came after', () => {
    const first = { ...approve, action: '1' };
    const second = { ...reject, action: '2', reason: 'the label is gone' };
    const undone = after('completed', aRecord([pictureIn('main')]), first, second, { ...undo, action: '2' });
    expect(undone.state).toBe('completed');
    expect(undone.record.images[0]?.review).toEqual({ decision: 'approved', at: AT, action: '1' });
    expect(after('completed', undone.record, { ...undo, action: '2' })).toEqual(undone);
    const later = after('completed', aRecord([pictureIn('main')]), first, second, { ...undo, action: '1' });
    expect(later).toMatchObject({
      state: 'failed',
      record: {
        images: [{ review: { decision: 'rejected', reason: 'the label is gone', action: '2' } }],
        failure: { message: expect.stringContaining('the label is gone') },
      },
    });
  });

  test('undo of an approval after a rejection wants the other picture again', () => {
    const steps = [
      { ...reject, action: '1' },
      { ...approve, action: '2' },
      { ...undo, action: '2' },
    ];
    const { state, record } = after('completed', aRecord([pictureIn('main')]), ...steps);
    expect([state, record.images[0]?.review?.decision]).toEqual(['failed', 'rejected']);
    expect(record.redo?.main).toMatchObject({ round: 1, kept: false });
  });

  test('is not taken about a picture that was not looked at', () => {
    const image = pictureIn('main', { callKey: 'new', createdAt: AT });
    const record = aRecord([image]);
    const order = { ...approve, planned: ['main'], slot: 'main' };
    const seen = { ...order, version: pictureVersion(image) };
    expect(reviewRecord('needsReview', record, { ...order, version: 'old-0' }, AT)).toEqual({
      verdict: 'changed',
    });
    expect(reviewRecord('needsReview', record, seen, AT).verdict).toBe('done');
  });

  test('a rejection after an undo asks for a round that no earlier one was', () => {
    const { record } = after('completed', aRecord([pictureIn('main')]), reject, undo, reject);
    expect(record.redo?.main).toEqual({ round: 2 });
  });

  test('regenerates with the words of the reviewer, and keeps the old picture until then', () => {
    const prompt = 'on marble';
    const { state, record, slots } = after('completed', aRecord([pictureIn('main', { round: 2 })]), {
      ...regenerate,
      prompt,
    });
    expect(state).toBe('waiting');
    expect(record.redo).toEqual({ main: { round: 3, prompt } });
    expect(record.images).toHaveLength(1);
    expect(slots).toEqual(['main']);
  });

  test('regenerating again before it has begun changes nothing but the words', () => {
    const first = after('completed', aRecord([pictureIn('main')]), { ...regenerate, prompt: 'a' });
    expect(after('waiting', first.record, { ...regenerate, prompt: 'a' }).record).toEqual(first.record);
    expect(after('waiting', first.record, { ...regenerate, prompt: 'b' }).record.redo).toEqual({
      main: { round: 1, prompt: 'b' },
    });
    expect(after('active', first.record, { ...regenerate, prompt: 'a' }).state).toBe('active');
    expect(() => after('active', first.record, { ...regenerate, prompt: 'b' })).toThrow('busy');
  });

  test('is not taken while the SKU is at work, nor about a cancelled one or one without pictures', () => {
    const record = aRecord([pictureIn('main')]);
    for (const order of [approve, reject, undo, regenerate]) {
      for (const state of ['waiting', 'active'] as const)
        expect(() => after(state, record, order)).toThrow('busy');
      expect(() => after('cancelled', record, order)).toThrow('cancelled');
    }
    expect(() => after('failed', aRecord([]), approve)).toThrow('nothing');
  });

  test('about all pictures concerns those with a fault, where somebody wants others', () => {
    const record = aRecord([pictureIn('main'), pictureIn('detail', GREY)]);
    expect(after('needsReview', record, regenerate).slots).toEqual(['detail']);
    expect(after('needsReview', record, reject).record.images.map(({ review }) => review?.decision)).toEqual([
      undefined,
      'rejected',
    ]);
    const faultless = aRecord([pictureIn('main'), pictureIn('detail')]);
    expect(after('completed', faultless, regenerate).slots).toEqual(['main', 'detail']);
  });

  test('about pictures that fail one check leaves the others alone', () => {
    const small = { checks: [{ rule: 'size', measured: 1, required: '2', pass: false }] };
    const record = aRecord([pictureIn('main', small), pictureIn('detail', GREY)]);
    expect(after('needsReview', record, { ...regenerate, rule: 'size' }).slots).toEqual(['main']);
  });

  test('does not heal a SKU that lacks a picture', () => {
    const record = aRecord([pictureIn('main', GREY)], { failure: TIMEOUT });
    const outcome = reviewRecord('failed', record, { ...approve, planned: ['main', 'detail'] }, AT);
    expect(outcome).toMatchObject({ state: 'failed', record: { failure: TIMEOUT } });
  });

  test('asks for a picture that could not be made, with other words', () => {
    const record = aRecord([], { failure: TIMEOUT });
    const outcome = reviewRecord('failed', record, { ...regenerate, planned: ['main'], prompt: 'plain' }, AT);
    expect(outcome).toMatchObject({
      state: 'waiting',
      slots: ['main'],
      record: { redo: { main: { round: 1, prompt: 'plain' } } },
    });
    if (outcome.verdict === 'done') expect(outcome.record.failure).toBeUndefined();
  });

  test('approving the old picture ends a new one that could not be made', () => {
    const { state, record } = after('completed', aRecord([pictureIn('main')]), regenerate, 'failed', approve);
    expect(state).toBe('completed');
    expect(record.failure).toBeUndefined();
  });

  test('about one picture leaves the failure of another standing', () => {
    const record = aRecord([pictureIn('main'), pictureIn('detail', GREY)]);
    const outcome = after('needsReview', record, { ...regenerate, slot: 'detail' }, 'failed', {
      ...approve,
      slot: 'main',
    });
    expect(outcome).toMatchObject({ state: 'failed', record: { failure: TIMEOUT } });
  });
});

describe('a SKU that waits before anything was paid for', () => {
  const checks = [{ rule: 'sharedPhoto', measured: '9 SKUs', required: 'its own', pass: false }];
  const waiting: SkuRecord = {
    stage: null,
    attempts: 1,
    timeline: [],
    images: [],
    checks,
    photoKey: 'inputs/x.jpg',
  };
  const decided = (decision: ReviewOrder['decision'], state: SkuState, record = waiting, rule?: string) =>
    reviewRecord(state, record, { decision, planned: ['main', 'detail'], ...(rule && { rule }) }, 'now');

  test('goes on when it is approved, without the check', () => {
    const outcome = decided('approve', 'needsReview');
    expect(outcome).toMatchObject({ verdict: 'done', state: 'waiting', slots: ['main', 'detail'] });
    expect(outcome).not.toHaveProperty('record.checks');
  });

  test('fails when it is rejected, and waits again when that is taken back', () => {
    const rejected = decided('reject', 'needsReview');
    expect(rejected).toMatchObject({
      state: 'failed',
      record: { checks, failure: { code: 'CHECK_FAILED' } },
    });
    if (rejected.verdict !== 'done') throw new Error('not done');
    expect(decided('reject', 'failed', rejected.record)).toEqual(rejected);
    expect(decided('undo', 'failed', rejected.record)).toMatchObject({
      state: 'needsReview',
      record: waiting,
    });
  });

  test('is not meant by a decision about another check', () => {
    expect(decided('approve', 'needsReview', waiting, 'background')).toEqual({ verdict: 'nothing' });
  });
});

describe('an earlier picture', () => {
  const first = { round: 0, callKey: 'c0', createdAt: '2027-01-01T00:00:01.000Z', costUsd: 0.25 };
  const second = {
    round: 1,
    callKey: 'c1',
    createdAt: '2027-01-01T00:00:02.000Z',
    key: 'k/second',
    costUsd: 0.75,
  };
  const firstImage = pictureIn('main', { ...first, ...GREY });
  const record = aRecord([pictureIn('main', { ...second, tries: dropPicture(firstImage) })], {
    redo: { main: { round: 1 } },
  });
  const version = pictureVersion(first);
  const restore = { decision: 'restore', slot: 'main', version } as const;

  test('comes back with its checks, unjudged, and the one that was there can come back, too', () => {
    const { state, record: after1 } = after('completed', record, { ...approve, slot: 'main' }, restore);
    expect(state).toBe('needsReview');
    expect(after1.images).toMatchObject([
      { key: 'k/main', callKey: 'c0', round: 0, checks: GREY.checks, review: null, costUsd: 0.75 },
    ]);
    expect(after1.images[0]?.tries).toMatchObject([
      { callKey: 'c1', costUsd: 0.5, picture: { key: 'k/second' } },
    ]);
    const back = after(state, after1, { ...restore, version: pictureVersion(second) });
    expect(back.state).toBe('completed');
    expect(back.record.images).toMatchObject([
      { key: 'k/second', costUsd: 0.75, tries: [{ callKey: 'c0', costUsd: 0.25 }] },
    ]);
  });

  test('comes back once, however often that is asked for', () => {
    const once = after('completed', record, restore);
    expect(after('completed', record, restore, restore)).toEqual(once);
  });

  test('is not made again by a retry, and the next round is a new one', () => {
    const { record: restored } = after('completed', record, restore);
    expect(restored.redo).toEqual({ main: { round: 1, kept: true } });
    expect(after('completed', record, restore, regenerate).record.redo).toEqual({ main: { round: 2 } });
  });

  test('that is not known cannot come back', () => {
    const order = { ...restore, version: 'other', planned: ['main'] };
    expect(reviewRecord('completed', record, order, AT)).toEqual({ verdict: 'nothing' });
    expect(reviewRecord('waiting', record, order, AT)).toEqual({ verdict: 'busy' });
  });

  test('ends a rejection of the one in its place', () => {
    expect(after('completed', record, reject).state).toBe('failed');
    const { state, record: now } = after('completed', record, reject, restore);
    expect([state, now.failure]).toEqual(['needsReview', undefined]);
  });
});

describe('a product that is moved by hand', () => {
  const adjustment = { scale: 0.9, x: 0.1, y: 0 };
  const adjust = { decision: 'adjust', slot: 'main', adjustment } as const;

  test('has its SKU wait for a round without a call', () => {
    const { state, record, slots } = after('needsReview', aRecord([pictureIn('main', GREY)]), adjust);
    expect([state, slots, record.redo]).toEqual(['waiting', ['main'], { main: { round: 1, adjustment } }]);
  });

  test('is moved from where it was first placed', () => {
    const moved = aRecord([pictureIn('main', { round: 1, adjustment })], {
      redo: { main: { round: 1, adjustment } },
    });
    const { record } = after('needsReview', moved, { ...adjust, adjustment: { scale: 1, x: -0.1, y: 0 } });
    expect(record.redo).toEqual({ main: { round: 2, adjustment: { scale: 0.9, x: 0, y: 0 } } });
  });

  test('is not moved where another picture has taken its place', () => {
    const order = { ...adjust, version: 'other', planned: ['main'] };
    expect(reviewRecord('completed', aRecord([pictureIn('main')]), order, AT)).toEqual({
      verdict: 'changed',
    });
  });
});

test('a photo that was chosen stays the main one until another is', () => {
  const photo = 'http://supplier.test/b.jpg';
  const { record } = after('completed', aRecord([pictureIn('main')]), { ...regenerate, slot: 'main', photo });
  expect(record.redo).toEqual({ main: { round: 1, photo } });
  const made = { ...record, images: [pictureIn('main', { round: 1, sourceUrl: photo })] };
  const next = after('completed', made, { ...regenerate, extraPrompt: 'darker' });
  expect(next.record.redo).toEqual({ main: { round: 2, extraPrompt: 'darker', photo } });
});
