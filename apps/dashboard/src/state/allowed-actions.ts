import type { BatchView } from '@image-studio/contract';

export type BatchAction = 'pause' | 'resume' | 'cancel' | 'retry';

/** The controls that would do something to a batch in its present state. */
export function allowedActions({ status, counts }: BatchView): BatchAction[] {
  const open = status === 'queued' || status === 'running';
  return [
    // First in a row that ends at the right: it comes while the batch runs, and must not push the others aside.
    ...(counts.failed > 0 ? (['retry'] as const) : []),
    ...(open ? (['pause'] as const) : []),
    ...(status === 'paused' ? (['resume'] as const) : []),
    ...(open || status === 'paused' ? (['cancel'] as const) : []),
  ];
}
