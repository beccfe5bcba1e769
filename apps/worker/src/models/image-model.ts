import type { ImageKind, Said, Sentence } from '@image-studio/contract';
import type { ImageSize, ModelTraits } from '@image-studio/planning';

/**
 * The one interface behind which image models live. An implementation never retries, never stores, and knows nothing
 * of queues: one `generate` is at most one paid request.
 */
export interface ImageModel extends ModelTraits {
  /**
   * Makes one call. Rejects with `ModelError` and nothing else; a signal that is already aborted rejects before
   * anything is sent.
   */
  generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  /** Opens the connection (and learns whether key and model are right) without paying. Rejects with `ModelError`. */
  warmUp(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Of a provider that makes many calls at once, later, at a lower price. */
  readonly batches?: ModelBatches;
}

/** One call on its way into a provider batch. */
export interface BatchedCall extends Omit<ModelRequest, 'inputs' | 'timeoutMs' | 'onUsedUp'> {
  /** Names its line; the result comes back under it. */
  key: string;
  /** `bytes`: how many `read` will resolve to. It may reject; then nothing is uploaded. */
  photos: { mime: string; bytes: number; read(): Promise<Buffer> }[];
}

/** How far a provider batch is. */
export interface BatchProgress {
  /** `open`: it goes on. The others are final: nothing of it will be made or billed any more. */
  state: 'open' | 'succeeded' | 'failed' | 'cancelled' | 'expired';
  /** Where its results are; `null` when it has none (yet). */
  results: string | null;
}

/** What a line brought: its key as it was sent, and what the answer said, at the batch's price. */
export type BatchedResult = { key: string } & ({ answer: ModelAnswer } | { fault: ModelError });

/**
 * The provider's batches of calls. Each method is one attempt, and rejects with `ModelError`. None knows whether a batch was created
 * before: a provider creates as many as it is asked for, and bills each.
 */
export interface ModelBatches {
  /** Of the photos of one batch together, before base64. */
  readonly mostBytes: number;
  /** Whether the model says that it makes batches; `null` where nobody can tell. Absent: it is not asked. */
  areOffered?(model: string, signal: AbortSignal): Promise<boolean | null>;
  /** Uploads the lines of a batch; resolves to the name of the file. Harmless twice. */
  upload(displayName: string, calls: readonly BatchedCall[], signal: AbortSignal): Promise<string>;
  /**
   * Creates a batch of an uploaded file, once; resolves to its name. An error with `mayBeBought` leaves open whether there is
   * one now. Takes no signal: the caller has to know the answer, and waits `timeoutMs` for it.
   */
  create(order: { model: string; displayName: string; file: string; timeoutMs: number }): Promise<string>;
  /** Names of all batches with that display name, as far as the provider lists them yet. */
  find(displayName: string, signal: AbortSignal): Promise<string[]>;
  read(name: string, signal: AbortSignal): Promise<BatchProgress>;
  /** Reads the results one after the other, in any order; goes on when `take` has. Rejects with what `take` rejected with. */
  results(
    file: string,
    requestOf: (key: string) => Pick<ModelRequest, 'model' | 'imageSize'> | undefined,
    take: (result: BatchedResult) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Asks for its end; only `read` tells whether, and when, it came. */
  cancel(name: string, signal: AbortSignal): Promise<void>;
}

export type { ImageSize } from '@image-studio/planning';

export interface ModelRequest {
  model: string;
  /** Source photos, most important first. `generate` may empty the list, to hold them no longer than it needs them. */
  inputs: { mime: string; data: Buffer }[];
  prompt: string;
  /** What the picture is for; lets an engine without language choose a composition. Default: `main`. */
  kind?: ImageKind;
  aspectRatio: string;
  imageSize: ImageSize;
  temperature?: number;
  timeoutMs: number;
  /** Told for how long (ms) the account may make no further call, where the headers of an answer say so. */
  onUsedUp?: (ms: number) => void;
}

export interface ModelUsage {
  promptTokens: number;
  imageTokens: number;
  /** Text and thinking. */
  textTokens: number;
}

export interface ModelAnswer {
  image: Buffer;
  mime: string;
  usage: ModelUsage;
  costUsd: number;
  modelVersion?: string;
  /** What the engine could not do, in a sentence for the person who looks at the picture. */
  note?: string;
}

/**
 * Why a call brought no picture.
 * - `rateLimitMinute` `rateLimitDay` `spendLimit`: wait; spends no attempt. `retryAfterMs` when the provider named it.
 * - `quotaZero` `auth` `modelGone` `badRequest`: wrong configuration or request; an operator has to act
 *   (`badRequest` concerns this request only).
 * - `badPhoto`: the provider cannot process a photo of the request; one retry may help.
 * - `blockedPrompt` `blockedOutput`: the provider refused the content; one retry may help.
 * - `noImage` `badImage` `malformed`: answered, without a usable picture; a few retries may help.
 * - `unreadable`: answered in a shape that this product does not read; a retry would be paid for in vain.
 * - `overloaded` `server` `network` `timeout`: transient.
 * - `cancelled`: our signal fired.
 */
export type ModelErrorKind =
  | 'rateLimitMinute'
  | 'rateLimitDay'
  | 'spendLimit'
  | 'quotaZero'
  | 'auth'
  | 'modelGone'
  | 'badRequest'
  | 'badPhoto'
  | 'blockedPrompt'
  | 'blockedOutput'
  | 'noImage'
  | 'badImage'
  | 'malformed'
  | 'unreadable'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  | 'cancelled';

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  /** The message for other languages. */
  readonly sentence: Sentence | undefined;
  readonly retryAfterMs: number | undefined;
  readonly httpStatus: number | undefined;
  /** Failures can cost money too (text-only and refused answers are billed for their tokens). */
  readonly costUsd: number;
  /** The provider has made a picture, as far as one can tell from here, and charges for it. */
  readonly mayBeBought: boolean;

  constructor(
    kind: ModelErrorKind,
    message: string | Said,
    details: {
      retryAfterMs?: number;
      httpStatus?: number;
      costUsd?: number;
      mayBeBought?: boolean;
      cause?: unknown;
    } = {},
  ) {
    const said: { message: string; sentence?: Sentence } =
      typeof message === 'string' ? { message } : message;
    super(said.message.slice(0, 500), { cause: details.cause });
    this.sentence = said.sentence;
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
    this.httpStatus = details.httpStatus;
    this.costUsd = details.costUsd ?? 0;
    this.mayBeBought = details.mayBeBought ?? false;
  }
}
