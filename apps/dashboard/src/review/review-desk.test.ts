import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createReviewDesk, type ReviewDesk, UNDO_MS } from './review-desk.ts';

const MAIN = { slot: 'main', version: undefined };
/** The name of a decision, the same in `undo`. */
const action = expect.any(String);

let sent: [path: string, body: unknown][];
let refuse: boolean;
let desk: ReviewDesk;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  refuse = false;
  const post = async <T>(path: string, body?: unknown): Promise<T> => {
    sent.push([path, body]);
    if (refuse) throw new ProblemError({ type: 'about:blank', title: 'No', status: 403, code: 'FORBIDDEN' });
    return {} as T;
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
