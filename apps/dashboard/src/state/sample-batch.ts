import type { BatchView, SkuState, SkuView } from '@image-studio/contract';

/** A running batch of three SKUs for tests, with whatever a test is about. */
export function sampleBatch(change: Partial<BatchView> = {}): BatchView {
  return {
    id: 'b1',
    name: null,
    status: 'running',
    counts: { total: 3, waiting: 3, active: 0, completed: 0, failed: 0, cancelled: 0, needsReview: 0 },
    images: { expected: 3, done: 0 },
    calls: { made: 0, reused: 0, failed: 0 },
    costUsd: 0,
    budgetUsd: null,
    pausedFor: null,
    eta: null,
    seq: 1,
    createdAt: '2026-11-22T10:00:00.000Z',
    finishedAt: null,
    ...change,
  };
}

/** One SKU for tests. */
export function sampleSku(sku: string, state: SkuState = 'waiting', change: Partial<SkuView> = {}): SkuView {
  return { sku, index: 0, state, stage: null, attempts: 0, timeline: [], costUsd: 0, images: [], ...change };
}
