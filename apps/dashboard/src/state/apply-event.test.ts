import type { BatchProgress, MissedEvent } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { applyEvent } from './apply-event.ts';
import { applyPage } from './apply-page.ts';
import type { SkuFilter } from './batch-state.ts';
import { sampleBatch, sampleSku } from './sample-batch.ts';
import { startBatch } from './start-batch.ts';
import { visibleSkus } from './visible-skus.ts';

const NOW_MS = 1_000_000;

function loaded(filter: SkuFilter = {}, nextCursor: string | null = null) {
  const page = { items: [sampleSku('A'), sampleSku('B')], nextCursor };
  return applyPage(startBatch(sampleBatch(), filter, NOW_MS), page, { askedAtNews: 0, replace: true });
}

function skuUpdate(seq: number, ...skus: ReturnType<typeof sampleSku>[]): MissedEvent {
  return { event: 'sku:update', batchId: 'b1', seq, skus };
}

function progress(seq: number, change: Partial<BatchProgress> = {}): BatchProgress {
  const { counts, calls } = sampleBatch();
  return {
    type: 'progress',
    batchId: 'b1',
    seq,
    stage: null,
    sku: null,
    current: 0,
    total: 3,
    percentage: 0,
    counts,
    calls,
    costUsd: 0,
    eta: null,
    ...change,
  };
}

describe('applyEvent', () => {
  test('replaces a SKU where it stands and remembers how far it has come', () => {
    const next = applyEvent(loaded(), skuUpdate(5, sampleSku('B', 'completed')), NOW_MS);
    expect(visibleSkus(next)?.map(({ sku, state }) => [sku, state])).toEqual([
      ['A', 'waiting'],
      ['B', 'completed'],
    ]);
    expect(next.seq).toBe(5);
  });

  test('applies the same event twice like once', () => {
    const event = skuUpdate(5, sampleSku('B', 'completed'));
    const once = applyEvent(loaded(), event, NOW_MS);
    const twice = applyEvent(once, event, NOW_MS);
    expect([twice.seq, visibleSkus(twice)]).toEqual([once.seq, visibleSkus(once)]);
  });

  test('does not let an older event undo a newer one', () => {
    const newer = applyEvent(loaded(), skuUpdate(9, sampleSku('A', 'completed')), NOW_MS);
    const late = applyEvent(newer, skuUpdate(4, sampleSku('A', 'active')), NOW_MS);
    expect(late.skus.get('A')?.state).toBe('completed');
    expect(late.seq).toBe(9);
  });

  test('ignores events of another batch', () => {
    const state = loaded();
    expect(applyEvent(state, { ...skuUpdate(9), batchId: 'b2' }, NOW_MS)).toBe(state);
  });

  test('leaves a SKU of a page to come to its page', () => {
    const next = applyEvent(loaded({}, 'cursor'), skuUpdate(5, sampleSku('Z', 'active')), NOW_MS);
    expect(visibleSkus(next)?.map(({ sku }) => sku)).toEqual(['A', 'B']);
    expect(next.skus.get('Z')?.state).toBe('active');
  });

  test('lists a SKU that comes to match the filter, and drops one that no longer does', () => {
    const state = loaded({ state: 'waiting' }, 'cursor');
    const came = applyEvent(state, skuUpdate(5, sampleSku('C', 'waiting')), NOW_MS);
    const gone = applyEvent(came, skuUpdate(6, sampleSku('A', 'active')), NOW_MS);
    expect(visibleSkus(gone)?.map(({ sku }) => sku)).toEqual(['B', 'C']);
  });

  test('takes the batch numbers of progress and leaves the SKU position alone', () => {
    const counts = { ...sampleBatch().counts, waiting: 2, completed: 1 };
    const event: MissedEvent = { event: 'batch:progress', ...progress(7, { counts, costUsd: 0.04 }) };
    const next = applyEvent(loaded(), event, NOW_MS);
    expect(next.batch).toMatchObject({ counts, costUsd: 0.04, seq: 7, status: 'running' });
    expect([next.progressSeq, next.seq]).toEqual([7, 1]);
  });

  test('drops progress that is older than what is shown', () => {
    const newer = applyEvent(loaded(), { event: 'batch:progress', ...progress(7, { costUsd: 2 }) }, NOW_MS);
    const late = applyEvent(newer, { event: 'batch:progress', ...progress(6, { costUsd: 1 }) }, NOW_MS);
    expect(late.batch.costUsd).toBe(2);
  });

  test('ends the batch', () => {
    const finishedAt = '2026-11-22T10:05:00.000Z';
    const event: MissedEvent = {
      event: 'batch:finished',
      ...progress(8),
      type: 'finished',
      status: 'completed',
      finishedAt,
    };
    expect(applyEvent(loaded(), event, NOW_MS).batch).toMatchObject({ status: 'completed', finishedAt });
  });
});
