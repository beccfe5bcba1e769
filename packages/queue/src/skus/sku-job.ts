import type {
  BatchOptions,
  BatchPlan,
  CallFailure,
  CallRequest,
  Failure,
  SkuInput,
  SkuRecord,
  SkuStep,
} from '@image-studio/contract';
import type { PoolTroubles } from '../quota/pool-trouble.ts';

/** What a SKU's job is allowed to work on, as submitted; and what an earlier start has already done. */
export interface BegunSku {
  tenant: string;
  input: SkuInput;
  options: BatchOptions;
  /** What the batch's calls are made with; `null` for batches of earlier versions. */
  plan: BatchPlan | null;
  /** The sample pass that the batch is in, from 0: place of its model among those that are compared. */
  samplePass: number;
  /** Plans of the sample passes that come after this one. */
  nextPlans: readonly BatchPlan[];
  record: SkuRecord | null;
}

/** One start of a SKU's job. It may be the first, the continuation after its calls, or one after a crash. */
export interface SkuJob {
  batchId: string;
  index: number;
  run: number;
  /** 1 on the first try; only faults count, waiting does not. */
  attempt: number;
  isLastAttempt: boolean;
  /** Saved before the job waited; `undefined` until then. */
  step: SkuStep | undefined;
  /** Fires on cancel, pause and shutdown. */
  signal: AbortSignal;
  /**
   * While this SKU only waits for somebody outside, another one may start beyond the concurrency. Call the returned function,
   * once, when this one goes on.
   */
  overcommit(): () => void;
  /**
   * Takes the SKU; `null` when nobody wants this run any more: return `drop`. Rejects with `NotUnderstood`, which must be
   * passed on, when another version wrote what is stored.
   */
  begin(): Promise<BegunSku | null>;
  saveStep(step: SkuStep): Promise<void>;
  /** Writes the record and tells the watchers. Rejects with `SkuTaken` when the SKU is no longer this run's. */
  note(record: SkuRecord): Promise<void>;
  /** Ends the SKU. Harmless when it has ended already. */
  finish(state: 'completed' | 'failed' | 'needsReview', record: SkuRecord): Promise<void>;
  /** Why a call that this job waited for brought nothing; `null` while it may still bring something. */
  callFailure(call: Pick<CallRequest, 'callKey' | 'pool'>): Promise<CallFailure | null>;
  /** Whether a request for that picture, of any worker or in a parcel, has yet to be booked. */
  isOnTheWire(callKey: string): Promise<boolean>;
  /** Whether its calls wait for provider batches, which may be made hours after they are asked for. */
  isInEconomyLane(): Promise<boolean>;
  /** Why a pool makes no calls, and which call may probe it. */
  troubles: Pick<PoolTroubles, 'of' | 'takeProbe'>;
  /**
   * Notes the digest of the main photo and the words that name the product. `isHeld`: so many other products have this
   * photo (`skus` in all) that a person has to look at it before anything is paid for.
   */
  notePhoto(sha256: string, words: readonly string[]): Promise<{ skus: number; isHeld: boolean }>;
  /** How long nobody of the fleet may ask a supplier, ms; 0 when it may be asked. */
  supplierPauseMs(host: string): Promise<number>;
  /** Tells the whole fleet to leave a supplier alone for so long. */
  pauseSupplier(host: string, ms: number): Promise<void>;
  /** Counts a picture that somebody else paid for. */
  noteReuse(callKey: string): Promise<void>;
  countImage(mode: 'main' | 'secondary', status: 'success' | 'failed'): Promise<void>;
  /** Whether the batch's budget bears a call of that price beside all that are still to be made. */
  budgetAllows(usd: number): Promise<boolean>;
}

/** The run lost its SKU to a control or a newer run: the job ends and writes nothing. */
export class SkuTaken extends Error {
  override readonly name = 'SkuTaken';
}

/** What is stored of the SKU was written by a version of this program that knows more than this one. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

export type SkuOutcome =
  | { next: 'done' }
  /** Not wanted any more. */
  | { next: 'drop' }
  /**
   * Holds no slot while it waits; starts again when every call has ended. `atOnce`: keys of calls that are made at once, also
   * in the economy lane.
   */
  | { next: 'waitForCalls'; calls: CallRequest[]; atOnce?: readonly string[] }
  /** Tries again `ms` from now; what held it up was not the SKU's fault, so it spends no attempt. */
  | { next: 'wait'; ms: number }
  /** Tries again later and spends an attempt. */
  | { next: 'retry'; failure: Failure }
  /** The SKU was finished as failed. */
  | { next: 'fail'; failure: Failure };
