import { describe, expect, test } from '@jest/globals';
import { applyEvent } from './apply-event.ts';
import { applyPage } from './apply-page.ts';
import { sampleBatch, sampleSku } from './sample-batch.ts';
import { startBatch } from './start-batch.ts';
import { visibleSkus } from './visible-skus.ts';

const fresh = () => startBatch(sampleBatch({ seq: 10 }), {}, 0);
const first = { items: [sampleSku('A'), sampleSku('B')], nextCursor: '2' };

describe('applyPage', () => {
  test('shows nothing, rather than an empty list, before the first page', () => {
    expect(visibleSkus(fresh())).toBeNull();
    const empty = applyPage(fresh(), { items: [], nextCursor: null }, { askedAtNews: 0, replace: true });
    expect(visibleSkus(empty)).toEqual([]);
  });

  test('appends the next page without repeating a SKU', () => {
    const one = applyPage(fresh(), first, { askedAtNews: 0, replace: true });
    const page = { items: [sampleSku('B'), sampleSku('C')], nextCursor: null };
    const two = applyPage(one, page, { askedAtNews: 0, replace: false });
    expect(two.order).toEqual(['A', 'B', 'C']);
    expect(two.nextCursor).toBeNull();
  });

  test('keeps what an event has told since the page was asked for', () => {
    const event = {
      event: 'sku:update',
      batchId: 'b1',
      seq: 12,
      skus: [sampleSku('A', 'completed')],
    } as const;
    const told = applyEvent(fresh(), { ...event, skus: [...event.skus] }, 0);
    const next = applyPage(told, first, { askedAtNews: 0, replace: true });
    expect(next.skus.get('A')?.state).toBe('completed');
    expect(next.skus.get('B')?.state).toBe('waiting');
  });

  test('believes a page that was asked for after the event', () => {
    const event = { batchId: 'b1', seq: 12, skus: [sampleSku('A', 'active')] };
    const told = applyEvent(fresh(), { event: 'sku:update', ...event }, 0);
    const page = { items: [sampleSku('A', 'completed')], nextCursor: null };
    const next = applyPage(told, page, { askedAtNews: 1, replace: true });
    expect(next.skus.get('A')?.state).toBe('completed');
  });
});
