import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createReviewDesk, type ReviewDesk, UNDO_MS } from './review-desk.ts';

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

const stages = () => desk.deeds.get().map(({ decision, stage }) => `${decision} ${stage}`);

describe('approving and rejecting', () => {
  test('is sent at once, for every picture of the SKU', async () => {
    desk.decide('a/b', ['main', 'detail'], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      ['batches/b1/skus/a%2Fb/review', { image: 'main', decision: 'approve' }],
      ['batches/b1/skus/a%2Fb/review', { image: 'detail', decision: 'approve' }],
    ]);
    expect(stages()).toEqual(['approve done']);
  });

  test('is taken back one after the other, latest first', async () => {
    desk.decide('A', ['main'], 'approve');
    desk.decide('B', ['main'], 'reject');
    await jest.advanceTimersByTimeAsync(0);
    sent = [];
    await desk.undo();
    await desk.undo();
    await desk.undo();
    expect(sent).toEqual([
      ['batches/b1/skus/B/review', { image: 'main', decision: 'undo' }],
      ['batches/b1/skus/A/review', { image: 'main', decision: 'undo' }],
    ]);
    expect(stages()).toEqual(['approve undone', 'reject undone']);
  });

  test('is taken back also while it is still on its way, and nothing before it', async () => {
    desk.decide('A', ['main'], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    sent = [];
    desk.decide('B', ['main'], 'reject');
    await desk.undo();
    expect(sent).toEqual([
      ['batches/b1/skus/B/review', { image: 'main', decision: 'reject' }],
      ['batches/b1/skus/B/review', { image: 'main', decision: 'undo' }],
    ]);
    expect(stages()).toEqual(['approve done', 'reject undone']);
  });

  test('needs no taking back when it was refused on its way', async () => {
    refuse = true;
    desk.decide('A', ['main'], 'reject');
    await desk.undo();
    expect(sent).toEqual([['batches/b1/skus/A/review', { image: 'main', decision: 'reject' }]]);
    expect(stages()).toEqual(['reject failed']);
  });

  test('says what the server refused', async () => {
    refuse = true;
    desk.decide('A', ['main'], 'approve');
    await jest.advanceTimersByTimeAsync(0);
    expect(desk.deeds.get()[0]).toMatchObject({
      stage: 'failed',
      problem: { problem: { code: 'FORBIDDEN' } },
    });
  });
});

describe('a deed that costs money or is about many', () => {
  test('waits for its window, then is sent', async () => {
    desk.regenerate('A', 'main', 'on a marble table');
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    const body = { image: 'main', decision: 'regenerate', prompt: 'on a marble table' };
    expect(sent).toEqual([['batches/b1/skus/A/review', body]]);
    expect(stages()).toEqual(['regenerate done']);
  });

  test('taken back in time is never sent', async () => {
    desk.decideMany({ filter: { state: 'needsReview' } }, 412, 'approve', undefined);
    await jest.advanceTimersByTimeAsync(UNDO_MS - 1);
    await desk.undo();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect(sent).toEqual([]);
    expect(stages()).toEqual(['approve undone']);
  });

  test('is sent when the page is left', async () => {
    desk.decideMany({ skus: ['A', 'B'] }, 2, 'reject', undefined);
    desk.flush();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect(sent).toEqual([['batches/b1/review', { skus: ['A', 'B'], decision: 'reject' }]]);
  });

  test('stays told while it waits', () => {
    desk.regenerate('A', 'main', undefined);
    desk.dismiss(1);
    expect(stages()).toEqual(['regenerate waiting']);
  });
});
