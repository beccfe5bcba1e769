import { describe, expect, test } from '@jest/globals';
import { applyPage } from './apply-page.ts';
import { applySnapshot } from './apply-snapshot.ts';
import type { SkuFilter } from './batch-state.ts';
import { sampleBatch, sampleSku } from './sample-batch.ts';
import { startBatch } from './start-batch.ts';
import { visibleSkus } from './visible-skus.ts';

function showing(codes: string[], filter: SkuFilter = {}) {
  const page = { items: codes.map((code) => sampleSku(code)), nextCursor: null };
  return applyPage(startBatch(sampleBatch(), filter, 0), page, { askedAtNews: 0, replace: true });
}

const snapshot = {
  seq: 40,
  batch: sampleBatch({ seq: 40, status: 'paused' }),
  skus: [sampleSku('A', 'completed'), sampleSku('B', 'failed')],
  nextCursor: '2',
};

describe('applySnapshot', () => {
  test('replaces the batch, its SKUs and the place to go on from', () => {
    const next = applySnapshot(showing(['A']), snapshot, 0);
    expect(next.batch.status).toBe('paused');
    expect(visibleSkus(next)?.map(({ state }) => state)).toEqual(['completed', 'failed']);
    expect([next.seq, next.progressSeq, next.nextCursor, next.stale]).toEqual([40, 40, '2', false]);
  });

  test('keeps a longer list on the screen and asks for it to be read again', () => {
    const next = applySnapshot(showing(['A', 'B', 'C']), snapshot, 0);
    expect(visibleSkus(next)?.map(({ sku, state }) => [sku, state])).toEqual([
      ['A', 'completed'],
      ['B', 'failed'],
      ['C', 'waiting'],
    ]);
    expect(next.stale).toBe(true);
  });

  test('asks for a filtered list to be read again', () => {
    const next = applySnapshot(showing(['B'], { state: 'failed' }), snapshot, 0);
    expect(next.stale).toBe(true);
    expect(visibleSkus(next)?.map(({ sku }) => sku)).toEqual(['B']);
  });

  test('also goes back, when the server began anew with lower numbers', () => {
    const ahead = { ...showing(['A']), seq: 90, progressSeq: 90 };
    expect(applySnapshot(ahead, snapshot, 0).seq).toBe(40);
  });
});
