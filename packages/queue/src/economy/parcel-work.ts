import type { AiJobData, CallRequest } from '@image-studio/contract';

/** What a process does with the parcels of one pool of calls: it speaks to the provider, and stores what comes. Each may reject with `ParcelFault`. */
export interface ParcelWork {
  /** Of the photos of one parcel together, before base64. */
  mostBytes: number;
  /** Upper estimate of a call's price in a parcel, US dollars. */
  estimateUsd(call: CallRequest): number;
  /** Uploads the calls; resolves to the name of the file. Rejects with `CallsGone` when some of them cannot be made. Harmless twice. */
  upload(displayName: string, calls: readonly AiJobData[], signal: AbortSignal): Promise<string>;
  /** Creates the provider's batch, once; resolves to its name. Rejects with `ParcelFault`: `unsure` after `timeoutMs` without an answer. */
  create(order: { model: string; displayName: string; file: string; timeoutMs: number }): Promise<string>;
  /** Names of the provider batches with that display name, as far as it lists them yet. */
  find(displayName: string, signal: AbortSignal): Promise<string[]>;
  read(name: string, signal: AbortSignal): Promise<ParcelProgress>;
  /** Asks for its end; only `read` tells whether, and when, it came. */
  cancel(name: string, signal: AbortSignal): Promise<void>;
  /** Reads the results, and stores and records the picture of each line that is `wanted`, before `settle` is told of it. */
  collect(results: ParcelResults, signal: AbortSignal): Promise<void>;
}

export interface ParcelProgress {
  /** `open`: it goes on. The others are final: nothing of it will be made or billed any more. */
  state: 'open' | 'succeeded' | 'failed' | 'cancelled' | 'expired';
  /** Where its results are; `null` when it has none (yet). */
  results: string | null;
}

/** What is remembered of a call in a parcel, also when its job is gone. */
export interface ParcelledCall {
  callKey: string;
  index: number;
  run: number;
  jobId: string;
  imageSize: CallRequest['imageSize'];
  role: string;
  /** Millionths of a dollar that are reserved for it. */
  estimate: number;
}

export interface ParcelResults {
  file: string;
  model: string;
  batchId: string;
  /** Names the request of a call, as the ledger does. */
  requestOf(callKey: string): string;
  call(callKey: string): ParcelledCall | undefined;
  /** Whether nobody has booked this line. */
  isWanted(callKey: string): Promise<boolean>;
  /** Books a line, once. `ok`: its picture is in the store and in the ledger. */
  settle(callKey: string, result: { outcome: string; costUsd: number }): Promise<void>;
}

/** Photos of these calls are gone: nothing was uploaded. */
export class CallsGone extends Error {
  override readonly name = 'CallsGone';
  readonly callKeys: readonly string[];

  constructor(callKeys: readonly string[]) {
    super(`the photos of ${callKeys.length} calls are gone`);
    this.callKeys = callKeys;
  }
}

/**
 * The provider did not do what was asked. `unsure`: it may have. `later`: it has not, and asks for patience. `refused`: it has not, and
 * somebody has to look why.
 */
export class ParcelFault extends Error {
  override readonly name = 'ParcelFault';
  readonly verdict: 'unsure' | 'later' | 'refused';
  readonly retryAfterMs: number | undefined;

  constructor(verdict: ParcelFault['verdict'], message: string, retryAfterMs?: number) {
    super(message);
    this.verdict = verdict;
    this.retryAfterMs = retryAfterMs;
  }
}
