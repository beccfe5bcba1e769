import {
  type Failure,
  type ImageRecord,
  pictureVersion,
  type SkuRecord,
  type SkuState,
} from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { type ReviewOrder, reviewRecord } from './review-record.ts';

const AT = '2027-01-01T00:00:00.000Z';
const TIMEOUT: Failure = { code: 'SOURCE_TIMEOUT', message: 'slow', stage: 'download', retryable: true };

function aPicture(slot: string, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    role: slot === 'main' ? 'main' : 'secondary',
    kind: slot === 'main' ? 'main' : 'detail',
    slot,
    sourceUrl: 'http://supplier.test/a.jpg',
    key: `k/${slot}`,
    callKey: 'c',
    width: 1,
    height: 1,
    bytes: 1,
    format: 'webp',
    checks: [],
    reused: false,
    costUsd: 0.05,
    model: 'm',
    prompt: 'p',
    ...change,
  };
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
    const { state, record } = after('needsReview', aRecord([aPicture('main', GREY)]), approve);
    expect(state).toBe('completed');
    expect(record.images[0]?.review).toEqual({ decision: 'approved', at: AT });
  });

  test('leaves a SKU to be reviewed while another of its pictures has a fault', () => {
    const record = aRecord([aPicture('main', GREY), aPicture('detail', GREY)]);
    expect(after('needsReview', record, { ...approve, slot: 'main' }).state).toBe('needsReview');
    expect(
      after('needsReview', record, { ...approve, slot: 'main' }, { ...approve, slot: 'detail' }).state,
    ).toBe('completed');
  });

  test('rejects: the SKU fails with a reason, and its next run makes the picture anew', () => {
    const { state, record } = after('completed', aRecord([aPicture('main')]), reject);
    expect(state).toBe('failed');
    expect(record.failure).toMatchObject({ code: 'CHECK_FAILED', retryable: true });
    expect(record.failure?.message).toBe('the picture main was rejected by a reviewer');
    expect(record.redo).toEqual({ main: { round: 1 } });
  });

  test.each([approve, reject, undo])('$decision twice is $decision once', (order) => {
    const record = aRecord([aPicture('main', GREY), aPicture('detail')]);
    const once = after('needsReview', record, order);
    expect(after('needsReview', record, order, order)).toEqual(once);
  });

  test('undo takes a rejection back, and no further picture is wanted', () => {
    const { state, record } = after('completed', aRecord([aPicture('main')]), reject, undo);
    expect(state).toBe('completed');
    expect(record.failure).toBeUndefined();
    expect(record.images[0]?.review).toBeNull();
    expect(record.redo?.main).toMatchObject({ kept: true });
  });

  test('undo of a named decision goes back to the one before, once, and leaves what came after', () => {
    const first = { ...approve, action: '1' };
    const second = { ...reject, action: '2', reason: 'the label is gone' };
    const undone = after('completed', aRecord([aPicture('main')]), first, second, { ...undo, action: '2' });
    expect(undone.state).toBe('completed');
    expect(undone.record.images[0]?.review).toEqual({ decision: 'approved', at: AT, action: '1' });
    expect(after('completed', undone.record, { ...undo, action: '2' })).toEqual(undone);
    const later = after('completed', aRecord([aPicture('main')]), first, second, { ...undo, action: '1' });
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
    const { state, record } = after('completed', aRecord([aPicture('main')]), ...steps);
    expect([state, record.images[0]?.review?.decision]).toEqual(['failed', 'rejected']);
    expect(record.redo?.main).toMatchObject({ round: 1, kept: false });
  });

  test('is not taken about a picture that was not looked at', () => {
    const image = aPicture('main', { callKey: 'new', createdAt: AT });
    const record = aRecord([image]);
    const order = { ...approve, planned: ['main'], slot: 'main' };
    const seen = { ...order, version: pictureVersion(image) };
    expect(reviewRecord('needsReview', record, { ...order, version: 'old-0' }, AT)).toEqual({
      verdict: 'changed',
    });
    expect(reviewRecord('needsReview', record, seen, AT).verdict).toBe('done');
  });

  test('a rejection after an undo asks for a round that no earlier one was', () => {
    const { record } = after('completed', aRecord([aPicture('main')]), reject, undo, reject);
    expect(record.redo?.main).toEqual({ round: 2 });
  });

  test('regenerates with the words of the reviewer, and keeps the old picture until then', () => {
    const prompt = 'on marble';
    const { state, record, slots } = after('completed', aRecord([aPicture('main', { round: 2 })]), {
      ...regenerate,
      prompt,
    });
    expect(state).toBe('waiting');
    expect(record.redo).toEqual({ main: { round: 3, prompt } });
    expect(record.images).toHaveLength(1);
    expect(slots).toEqual(['main']);
  });

  test('regenerating again before it has begun changes nothing but the words', () => {
    const first = after('completed', aRecord([aPicture('main')]), { ...regenerate, prompt: 'a' });
    expect(after('waiting', first.record, { ...regenerate, prompt: 'a' }).record).toEqual(first.record);
    expect(after('waiting', first.record, { ...regenerate, prompt: 'b' }).record.redo).toEqual({
      main: { round: 1, prompt: 'b' },
    });
    expect(after('active', first.record, { ...regenerate, prompt: 'a' }).state).toBe('active');
    expect(() => after('active', first.record, { ...regenerate, prompt: 'b' })).toThrow('busy');
  });

  test('is not taken while the SKU is at work, nor about a cancelled one or one without pictures', () => {
    const record = aRecord([aPicture('main')]);
    for (const order of [approve, reject, undo, regenerate]) {
      for (const state of ['waiting', 'active'] as const)
        expect(() => after(state, record, order)).toThrow('busy');
      expect(() => after('cancelled', record, order)).toThrow('cancelled');
    }
    expect(() => after('failed', aRecord([]), approve)).toThrow('nothing');
  });

  test('about all pictures concerns those with a fault, where somebody wants others', () => {
    const record = aRecord([aPicture('main'), aPicture('detail', GREY)]);
    expect(after('needsReview', record, regenerate).slots).toEqual(['detail']);
    expect(after('needsReview', record, reject).record.images.map(({ review }) => review?.decision)).toEqual([
      undefined,
      'rejected',
    ]);
    const faultless = aRecord([aPicture('main'), aPicture('detail')]);
    expect(after('completed', faultless, regenerate).slots).toEqual(['main', 'detail']);
  });

  test('about pictures that fail one check leaves the others alone', () => {
    const small = { checks: [{ rule: 'size', measured: 1, required: '2', pass: false }] };
    const record = aRecord([aPicture('main', small), aPicture('detail', GREY)]);
    expect(after('needsReview', record, { ...regenerate, rule: 'size' }).slots).toEqual(['main']);
  });

  test('does not heal a SKU that lacks a picture', () => {
    const record = aRecord([aPicture('main', GREY)], { failure: TIMEOUT });
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
    const { state, record } = after('completed', aRecord([aPicture('main')]), regenerate, 'failed', approve);
    expect(state).toBe('completed');
    expect(record.failure).toBeUndefined();
  });

  test('about one picture leaves the failure of another standing', () => {
    const record = aRecord([aPicture('main'), aPicture('detail', GREY)]);
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
