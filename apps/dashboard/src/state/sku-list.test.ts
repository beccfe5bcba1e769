import { describe, expect, test } from '@jest/globals';
import { applyEvent } from './apply-event.ts';
import { applyPage } from './apply-page.ts';
import { applySnapshot } from './apply-snapshot.ts';
import type { BatchState, SkuFilter } from './batch-state.ts';
import { changeFilter } from './change-filter.ts';
import { markStale } from './mark-stale.ts';
import { sampleBatch, sampleSku } from './sample-batch.ts';
import { listSkus, nextToRead } from './sku-list.ts';
import { startBatch } from './start-batch.ts';

const counts = { total: 6, waiting: 4, active: 0, completed: 0, failed: 2, cancelled: 0, needsReview: 0 };
const fresh = (filter: SkuFilter = {}) => startBatch(sampleBatch({ counts }), filter, 0);

function read(state: BatchState, codes: string, nextCursor: string | null, from = state.frontier) {
  const items = [...codes].map((code) => sampleSku(code, state.filter.state));
  return applyPage(state, { items, nextCursor }, { from, news: state.news, epoch: state.epoch });
}

function shown(state: BatchState): string {
  const list = listSkus(state);
  return Array.from({ length: list.count }, (_, position) => list.at(position)?.sku ?? '·').join('');
}

describe('the whole list', () => {
  test('has room for every SKU before any was read, each at its index', () => {
    expect(shown(fresh())).toBe('······');
    expect(shown(read(fresh(), 'DE', '5', 3))).toBe('···DE·');
  });

  test('asks for the first unread SKU in view, and for nothing when all are there', () => {
    const state = read(fresh(), 'CD', '4', 2);
    expect(nextToRead(state, 0, 5)).toBe(0);
    expect(nextToRead(state, 2, 3)).toBeNull();
    expect(nextToRead(state, 2, 9)).toBe(4);
  });

  test('keeps what an event has told since the page was asked for', () => {
    const asked = { from: 0, news: 0, epoch: 0 };
    const update = { batchId: 'b1', seq: 12, skus: [sampleSku('A', 'completed')] };
    const told = applyEvent(fresh(), { event: 'sku:update', ...update }, 0);
    const next = applyPage(told, { items: [sampleSku('A'), sampleSku('B')], nextCursor: '2' }, asked);
    expect([0, 1].map((position) => listSkus(next).at(position)?.state)).toEqual(['completed', 'waiting']);
    const later = { items: [sampleSku('A', 'failed')], nextCursor: '1' };
    expect(listSkus(applyPage(told, later, { ...asked, news: 1 })).at(0)?.state).toBe('failed');
  });
});

describe('a filtered list', () => {
  test('grows page by page, as long as its count is known from the start', () => {
    const none = fresh({ state: 'failed' });
    expect([shown(none), nextToRead(none, 0, 20)]).toEqual(['··', 0]);
    const one = read(none, 'B', '4');
    expect([shown(one), nextToRead(one, 0, 0), nextToRead(one, 0, 1)]).toEqual(['B·', null, 4]);
    const all = read(one, 'E', null);
    expect([shown(all), nextToRead(all, 0, 20)]).toEqual(['BE', null]);
    expect(listSkus(all).isComplete).toBe(true);
  });

  test('begins anew with another filter', () => {
    const failed = read(fresh({ state: 'failed' }), 'BE', null);
    const named = changeFilter(failed, { q: 'e' });
    expect([shown(named), nextToRead(named, 0, 20)]).toEqual(['', 0]);
    expect(shown(read(named, 'E', null))).toBe('E');
  });
});

describe('a SKU that somebody is looking at', () => {
  test('stays in its place when the filter no longer leaves it, and is not counted', () => {
    const failed = read(fresh({ state: 'failed' }), 'BE', null);
    const update = { batchId: 'b1', seq: 12, skus: [sampleSku('B', 'completed')] };
    const state = applyEvent(failed, { event: 'sku:update', ...update }, 0);
    expect(shown(state)).toBe('E');
    const list = listSkus(state, 1);
    expect([list.at(0)?.sku, list.at(1)?.sku, list.count, list.matching]).toEqual(['B', 'E', 2, 1]);
  });

  test('is found by its index, and so is the place of one that is not in the list', () => {
    const list = listSkus(read(fresh({ state: 'failed' }), 'BE', null));
    expect([0, 1, 2, 4, 5].map(list.positionOf)).toEqual([0, 0, 1, 1, 2]);
    expect([0, 4].map(listSkus(fresh()).positionOf)).toEqual([0, 4]);
  });
});

describe('after changes may have been missed', () => {
  const snapshot = {
    seq: 40,
    batch: sampleBatch({ seq: 40, counts, status: 'paused' }),
    skus: [sampleSku('A', 'completed')],
    nextCursor: '1',
  };

  test('a snapshot replaces the batch and its SKUs; the rest stays on the screen and is read again', () => {
    const next = applySnapshot(read(fresh(), 'ABC', '3'), snapshot, 0);
    expect([next.batch.status, next.seq, next.progressSeq]).toEqual(['paused', 40, 40]);
    expect(shown(next)).toBe('ABC···');
    expect(listSkus(next).at(0)?.state).toBe('completed');
    expect(nextToRead(next, 0, 2)).toBe(1);
  });

  test('it also goes back, when the server began anew with lower numbers', () => {
    const ahead = { ...fresh(), seq: 90, progressSeq: 90 };
    expect(applySnapshot(ahead, snapshot, 0).seq).toBe(40);
  });

  test('a filtered list loses what its pages no longer hold, and only that', () => {
    const stale = markStale(read(read(fresh({ state: 'failed' }), 'AB', '2'), 'CDE', null));
    expect([shown(stale), nextToRead(stale, 0, 0)]).toEqual(['ABCDE', 0]);
    const again = read(stale, 'B', '3');
    expect(shown(again)).toBe('BDE');
    expect(shown(read(again, 'E', null))).toBe('BE');
  });

  test('a page that was asked for before is no use', () => {
    const state = fresh();
    const page = { items: [sampleSku('A')], nextCursor: null };
    const stale = markStale(state);
    expect(applyPage(stale, page, { from: 0, news: 0, epoch: state.epoch })).toBe(stale);
  });
});
