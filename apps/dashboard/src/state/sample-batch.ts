import type { BatchProgress, BatchView, SkuState, SkuView } from '@image-studio/contract';

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
    expiresAt: null,
    ...change,
  };
}

/** One SKU for tests. `A` stands first in its batch, `B` second, … */
export function sampleSku(sku: string, state: SkuState = 'waiting', change: Partial<SkuView> = {}): SkuView {
  const index = sku.charCodeAt(0) - 'A'.charCodeAt(0);
  return { sku, index, state, stage: null, attempts: 0, timeline: [], costUsd: 0, images: [], ...change };
}

/** The event that tells the numbers of `sampleBatch` at `seq`. */
export function sampleProgress(seq: number, change: Partial<BatchProgress> = {}): BatchProgress {
  const { id, status, counts, images, calls, costUsd, budgetUsd, pausedFor, eta } = sampleBatch();
  const numbers = { status, counts, images, calls, costUsd, budgetUsd, pausedFor, eta };
  const latest = { stage: null, sku: null, current: 0, total: 3, percentage: 0 };
  return { type: 'progress', batchId: id, seq, ...latest, ...numbers, ...change };
}
