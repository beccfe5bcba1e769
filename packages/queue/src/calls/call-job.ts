import type { AiJobData, CallFailure } from '@image-studio/contract';
import type { CallQuota } from './call-quota.ts';

/** One start of an AI call's job. */
export interface CallJob {
  data: AiJobData;
  attempt: number;
  isLastAttempt: boolean;
  /** Fires on cancel and shutdown. */
  signal: AbortSignal;
  /** Makes sure that no other job makes this picture; false when one does: return `done`, and its SKU looks again. */
  claim(): Promise<boolean>;
  /** Whether its SKU has to wait for a person, because many products turned out to have its photo since it was asked for. */
  isPhotoHeld(): Promise<boolean>;
  /**
   * Notes that the call met a fault of this name, for as long as its job lives; returns how often it has by now. A fault that
   * was noted may be noted again by a process that died in between.
   */
  meet(fault: string): Promise<number>;
  /** Names the request of this start; the ledger entry of the picture that it brings says so. */
  request: string;
  /** Its part of the fleet's quota, from the slot to the settled price. */
  quota: CallQuota;
}

export type CallOutcome =
  | { next: 'done' }
  | { next: 'drop' }
  /** Back to the queue without spending an attempt; `ms` from now, or when the fleet's pause ends. */
  | { next: 'requeue'; ms?: number }
  | { next: 'retry'; failure: CallFailure }
  | { next: 'fail'; failure: CallFailure };
