import type { BatchProgress, MissedEvent } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { applyEvent } from './apply-event.ts';
import { applyPage } from './apply-page.ts';
import type { BatchState, SkuFilter } from './batch-state.ts';
import { sampleBatch, sampleProgress, sampleSku } from './sample-batch.ts';
import { listSkus } from './sku-list.ts';
import { startBatch } from './start-batch.ts';

const NOW_MS = 1_000_000;

function loaded(filter: SkuFilter = {}, nextCursor: string | null = null) {
  const page = { items: [sampleSku('A'), sampleSku('B')], nextCursor };
  return applyPage(startBatch(sampleBatch(), filter, NOW_MS), page, { from: 0, news: 0, epoch: 0 });
}

function shown(state: BatchState): string[] {
  const list = listSkus(state);
  return Array.from({ length: list.count }, (_, position) => {
    const sku = list.at(position);
    return sku ? `${sku.sku} ${sku.state}` : '–';
  });
}

function skuUpdate(seq: number, ...skus: ReturnType<typeof sampleSku>[]): MissedEvent {
  return { event: 'sku:update', batchId: 'b1', seq, skus };
}

function progress(seq: number, change: Partial<BatchProgress> = {}): MissedEvent {
  return { event: 'batch:progress', ...sampleProgress(seq, change) };
}

describe('applyEvent', () => {
  test('replaces a SKU where it stands and remembers how far it has come', () => {
    const next = applyEvent(loaded(), skuUpdate(5, sampleSku('B', 'completed')), NOW_MS);
    expect(shown(next)).toEqual(['A waiting', 'B completed', '–']);
    expect(next.seq).toBe(5);
  });

  test('applies the same event twice like once', () => {
    const event = skuUpdate(5, sampleSku('B', 'completed'));
    const once = applyEvent(loaded(), event, NOW_MS);
    const twice = applyEvent(once, event, NOW_MS);
    expect([twice.seq, shown(twice)]).toEqual([once.seq, shown(once)]);
  });

  test('does not let an older event undo a newer one', () => {
    const newer = applyEvent(loaded(), skuUpdate(9, sampleSku('A', 'completed')), NOW_MS);
    const late = applyEvent(newer, skuUpdate(4, sampleSku('A', 'active')), NOW_MS);
    expect(shown(late)[0]).toBe('A completed');
    expect(late.seq).toBe(9);
  });

  test('ignores events of another batch', () => {
    const state = loaded();
    expect(applyEvent(state, { ...skuUpdate(9), batchId: 'b2' } as MissedEvent, NOW_MS)).toBe(state);
  });

  test('knows a SKU that no page has shown yet', () => {
    const next = applyEvent(loaded(), skuUpdate(5, sampleSku('C', 'active')), NOW_MS);
    expect(shown(next)).toEqual(['A waiting', 'B waiting', 'C active']);
  });

  test('leaves a match beyond what was read of a filtered list to its page', () => {
    const next = applyEvent(loaded({ state: 'waiting' }, '2'), skuUpdate(5, sampleSku('Z')), NOW_MS);
    expect(shown(next).slice(0, 2)).toEqual(['A waiting', 'B waiting']);
    expect(shown(next)).not.toContain('Z waiting');
  });

  test('puts a SKU that comes to match the filter into its place, and drops one that no longer does', () => {
    const event = skuUpdate(5, sampleSku('A', 'active'), sampleSku('C'), sampleSku('B'));
    const next = applyEvent(loaded({ state: 'waiting' }), event, NOW_MS);
    expect(shown(next)).toEqual(['B waiting', 'C waiting']);
    const back = applyEvent(next, skuUpdate(6, sampleSku('A')), NOW_MS);
    expect(shown(back)).toEqual(['A waiting', 'B waiting', 'C waiting']);
  });

  test('takes the batch numbers of progress and leaves the SKU position alone', () => {
    const counts = { ...sampleBatch().counts, waiting: 2, completed: 1 };
    const change = { counts, costUsd: 0.04, status: 'paused', pausedFor: 'budget' } as const;
    const next = applyEvent(loaded(), progress(7, change), NOW_MS);
    expect(next.batch).toMatchObject({ ...change, seq: 7 });
    expect([next.progressSeq, next.seq]).toEqual([7, 1]);
  });

  test('drops progress that is older than what is shown', () => {
    const newer = applyEvent(loaded(), progress(7, { costUsd: 2 }), NOW_MS);
    expect(applyEvent(newer, progress(6, { costUsd: 1 }), NOW_MS).batch.costUsd).toBe(2);
  });

  test('ends the batch, and sees it go again', () => {
    const finishedAt = '2026-11-22T10:05:00.000Z';
    const event: MissedEvent = {
      event: 'batch:finished',
      ...sampleProgress(8, { status: 'completed' }),
      type: 'finished',
      finishedAt,
    };
    const ended = applyEvent(loaded(), event, NOW_MS);
    expect(ended.batch).toMatchObject({ status: 'completed', finishedAt });
    const again = applyEvent(ended, progress(9, { status: 'running' }), NOW_MS);
    expect(again.batch).toMatchObject({ status: 'running', finishedAt: null });
  });
});
