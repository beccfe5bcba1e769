import type { BatchView } from '@image-studio/contract';

export type BatchAction = 'pause' | 'resume' | 'cancel' | 'retry';

/** The controls that would do something to a batch in its present state. */
export function allowedActions({ status, counts }: BatchView): BatchAction[] {
  const open = status === 'queued' || status === 'running';
  return [
    ...(open ? (['pause'] as const) : []),
    ...(status === 'paused' ? (['resume'] as const) : []),
    ...(counts.failed > 0 ? (['retry'] as const) : []),
    ...(open || status === 'paused' ? (['cancel'] as const) : []),
  ];
}
