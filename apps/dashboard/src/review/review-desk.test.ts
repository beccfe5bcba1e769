import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createReviewDesk, type ReviewDesk, UNDO_MS } from './review-desk.ts';

const MAIN = { slot: 'main', version: undefined };
/** The name of a decision, the same in `undo`. */
const action = expect.any(String);

let sent: [path: string, body: unknown][];
let refuse: boolean;
/** Statuses of answers to come; then all is well. */
let away: number[];
/** What the server answers. */
let answer: object;
let desk: ReviewDesk;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  refuse = false;
  away = [];
  answer = {};
  const post = async <T>(path: string, body?: unknown): Promise<T> => {
    sent.push([path, body]);
    if (refuse) throw new ProblemError({ type: 'about:blank', title: 'No', status: 403, code: 'FORBIDDEN' });
    const status = away.shift();
    if (status !== undefined)
      throw new ProblemError({ type: 'about:blank', title: 'Away', status, code: 'AWAY' });
    await null;
    return answer as T;
  };
  desk = createReviewDesk('batches/b1', { post } as unknown as StudioClient);
});

afterEach(() => {
  jest.useRealTimers();
});

const stages = () => desk.actions.get().map(({ decision, stage }) => `${decision} ${stage}`);

describe('approving and rejecting', () => {
  test('is sent at once, for every picture of the SKU', async () => {
    desk.decide(
      'a/b',
      [
        { slot: 'main', version: 'v1' },
        { slot: 'detail', version: undefined },
      ],
      'approve',
    );
    await jest.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      ['batches/b1/skus/a%2Fb/review', { image: 'main', decision: 'approve', action, version: 'v1' }],
      ['batches/b1/skus/a%2Fb/review', { image: 'detail', decision: 'approve', action }],
    ]);
    expect(stages()).toEqual(['approve done']);
  });

  test('is taken back one after the other, latest first', async () => {
    desk.decide('A', [MAIN], 'approve');
    desk.decide('B', [MAIN], 'reject');
    await jest.advanceTimersByTimeAsync(0);
    sent = [];
    await desk.undo();
    await desk.undo();
    await desk.undo();
    expect(sent).toEqual([
      ['batches/b1/skus/B/review', { image: 'main', decision: 'undo', action }],
      ['batches/b1/skus/A/review', { image: 'main', decision: 'undo', action }],
    ]);
    expect(stages()).toEqual(['approve undone', 'reject undone']);
  });

  test('is taken back also while it is still on its way, and nothing before it', async () => {
    desk.decide('A', [MAIN], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    sent = [];
    desk.decide('B', [MAIN], 'reject');
    await desk.undo();
    expect(sent).toEqual([
      ['batches/b1/skus/B/review', { image: 'main', decision: 'reject', action }],
      ['batches/b1/skus/B/review', { image: 'main', decision: 'undo', action }],
    ]);
    expect(stages()).toEqual(['approve done', 'reject undone']);
  });

  test('needs no taking back when it was refused on its way', async () => {
    refuse = true;
    desk.decide('A', [MAIN], 'reject');
    await desk.undo();
    expect(sent).toEqual([['batches/b1/skus/A/review', { image: 'main', decision: 'reject', action }]]);
    expect(stages()).toEqual(['reject failed']);
  });

  test('says what the server refused', async () => {
    refuse = true;
    desk.decide('A', [MAIN], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    expect(desk.actions.get()[0]).toMatchObject({
      stage: 'failed',
      problem: { problem: { code: 'FORBIDDEN' } },
    });
  });
});

describe('a repair', () => {
  const seen = { slot: 'main', version: 'now' };

  test('is sent at once, and taken back by bringing back what was seen', async () => {
    const adjustment = { scale: 0.9, x: 0, y: 0 };
    desk.restore('A', seen, 'before');
    desk.adjust('B', seen, adjustment);
    await jest.advanceTimersByTimeAsync(0);
    await desk.undo();
    await desk.undo();
    expect(sent).toEqual([
      ['batches/b1/skus/A/review', { image: 'main', decision: 'restore', version: 'before' }],
      ['batches/b1/skus/B/review', { image: 'main', decision: 'adjust', version: 'now', adjustment }],
      ['batches/b1/skus/B/review', { image: 'main', decision: 'restore', version: 'now' }],
      ['batches/b1/skus/A/review', { image: 'main', decision: 'restore', version: 'now' }],
    ]);
    expect(stages()).toEqual(['restore undone', 'adjust undone']);
  });

  test('a rejection says why', async () => {
    desk.decide('A', [MAIN], 'reject', 'Wrong colour');
    await jest.advanceTimersByTimeAsync(0);
    expect(sent[0]?.[1]).toMatchObject({ decision: 'reject', reason: 'Wrong colour' });
  });
});

describe('an action that costs money or is about many', () => {
  test('waits for its window, then is sent', async () => {
    desk.regenerate('A', 'main', { extraPrompt: 'on a marble table' });
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    const body = { image: 'main', decision: 'regenerate', extraPrompt: 'on a marble table' };
    expect(sent).toEqual([['batches/b1/skus/A/review', body]]);
    expect(stages()).toEqual(['regenerate done']);
  });

  test('taken back in time is never sent', async () => {
    desk.decideMany({ skus: ['A', 'B'] }, 2, 'approve', {});
    await jest.advanceTimersByTimeAsync(UNDO_MS - 1);
    await desk.undo();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect(sent).toEqual([]);
    expect(stages()).toEqual(['approve undone']);
  });

  test('is sent when the page is left', async () => {
    desk.decideMany({ skus: ['A', 'B'] }, 2, 'reject', {});
    desk.flush();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect(sent).toEqual([['batches/b1/review', { skus: ['A', 'B'], decision: 'reject', action }]]);
  });

  test('stays told while it waits', () => {
    desk.regenerate('A', 'main', {});
    desk.dismiss(1);
    expect(stages()).toEqual(['regenerate waiting']);
  });
});

describe('while the server is away', () => {
  test.each([0, 401, 429, 503])(
    'a decision that got %d is held, and sent again until it is in effect',
    async (status) => {
      away = [status, status];
      desk.decide('A', [MAIN], 'approve');
      await jest.advanceTimersByTimeAsync(0);
      expect(stages()).toEqual(['approve held']);
      desk.dismiss(1);
      await jest.advanceTimersByTimeAsync(10_000);
      expect(stages()).toEqual(['approve done']);
      expect(new Set(sent.map(([, body]) => JSON.stringify(body))).size).toBe(1);
      expect(sent).toHaveLength(3);
    },
  );

  test('a decision that is held can be taken back; it may have arrived, so the server is told', async () => {
    away = [0];
    desk.decide('A', [MAIN], 'reject');
    await jest.advanceTimersByTimeAsync(0);
    await desk.undo();
    expect(sent.map(([, body]) => (body as { decision: string }).decision)).toEqual(['reject', 'undo']);
    expect(stages()).toEqual(['reject undone']);
  });

  test('what costs a call is not sent twice by itself, and stays told until somebody has it tried again', async () => {
    away = [503];
    desk.regenerate('A', 'main', {});
    await jest.advanceTimersByTimeAsync(UNDO_MS + 60_000);
    expect(sent).toHaveLength(1);
    expect(stages()).toEqual(['regenerate failed']);
    desk.tryAgain(1);
    await jest.advanceTimersByTimeAsync(0);
    expect(stages()).toEqual(['regenerate done']);
  });

  test('no decision that is held is forgotten, however many are taken', async () => {
    away = Array.from({ length: 400 }, () => 0);
    for (let n = 0; n < 80; n += 1) desk.decide(`S${n}`, [MAIN], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    expect(stages().filter((stage) => stage === 'approve held')).toHaveLength(80);
    away = [];
    await jest.advanceTimersByTimeAsync(10_000);
    expect(stages().every((stage) => stage === 'approve done')).toBe(true);
  });
});

describe('two people', () => {
  const lastBody = () => (sent.at(-1) ?? ['', {}])[1] as { action: string };
  const others = { decision: 'approved', at: '2026-01-01T00:00:00Z', action: 'theirs' };
  const answered = (earlier: object) => {
    const { action: mine } = lastBody();
    return {
      images: [{ slot: 'main', review: { decision: 'rejected', action: mine }, earlierReviews: [earlier] }],
    };
  };

  test.each([
    ['unseen', null, 'approved'],
    ['seen', 'approved', null],
  ] as const)(
    'a decision that was taken meanwhile is told when it was %s: %s',
    async (_, known, conflict) => {
      desk.decide('A', [{ ...MAIN, decision: known }], 'reject');
      answer = answered(others);
      await jest.advanceTimersByTimeAsync(0);
      expect(desk.actions.get()[0]).toMatchObject({ stage: 'done', conflict });
    },
  );

  test("a person's own decision of before is no conflict", async () => {
    desk.decide('A', [{ ...MAIN, decision: null }], 'approve');
    const { action: own } = lastBody();
    await jest.advanceTimersByTimeAsync(0);
    desk.decide('A', [{ ...MAIN, decision: null }], 'reject');
    answer = answered({ ...others, action: own });
    await jest.advanceTimersByTimeAsync(0);
    expect(desk.actions.get()[1]).toMatchObject({ stage: 'done', conflict: null });
  });
});

test('says that there is nothing to take back, until the next decision', async () => {
  await desk.undo();
  expect(desk.refusal.get()).not.toBeNull();
  desk.decide('A', [MAIN], 'approve');
  expect(desk.refusal.get()).toBeNull();
});
