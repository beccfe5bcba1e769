import type { ImageKind } from '@image-studio/contract';

/**
 * The one interface behind which image models live. An implementation never retries, never stores, and knows nothing
 * of queues: one `generate` is at most one paid request.
 */
export interface ImageModel {
  /** `local` or `gemini`. */
  readonly engine: string;
  /** The model that answers when a request names none. */
  readonly defaultModel: string;
  /** What `model` accepts. Unknown models get the family's most careful capabilities. */
  capabilities(model: string): ModelCapabilities;
  /** Cost of one answered request in US dollars, before it is made: an upper estimate for reservations and quotes. */
  estimateUsd(request: Pick<ModelRequest, 'model' | 'imageSize'> & { inputs: { length: number } }): number;
  /**
   * Makes one call. Rejects with `ModelError` and nothing else; a signal that is already aborted rejects before
   * anything is sent.
   */
  generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  /** Opens the connection (and learns whether key and model are right) without paying. Rejects with `ModelError`. */
  warmUp(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type ImageSize = '1K' | '2K' | '4K';

export interface ModelCapabilities {
  maxInputImages: number;
  /** All inputs of one request together, in bytes before base64. */
  requestMaxBytes: number;
  /** `width:height` spellings, e.g. `1:1`. */
  aspectRatios: readonly string[];
  imageSizes: readonly ImageSize[];
}

export interface ModelRequest {
  model: string;
  /** Source photos, most important first. */
  inputs: { mime: string; data: Buffer }[];
  prompt: string;
  /** What the picture is for; lets an engine without language choose a composition. Default: `main`. */
  kind?: ImageKind;
  aspectRatio: string;
  imageSize: ImageSize;
  temperature?: number;
  timeoutMs: number;
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
 * - `blockedPrompt` `blockedOutput`: the provider refused the content; final.
 * - `noImage` `badImage` `malformed`: answered, without a usable picture; a few retries may help.
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
  | 'blockedPrompt'
  | 'blockedOutput'
  | 'noImage'
  | 'badImage'
  | 'malformed'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  | 'cancelled';

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly httpStatus: number | undefined;
  /** Failures can cost money too (text-only and refused answers are billed for their tokens). */
  readonly costUsd: number;

  constructor(
    kind: ModelErrorKind,
    message: string,
    details: { retryAfterMs?: number; httpStatus?: number; costUsd?: number; cause?: unknown } = {},
  ) {
    super(message.slice(0, 500), { cause: details.cause });
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
    this.httpStatus = details.httpStatus;
    this.costUsd = details.costUsd ?? 0;
  }
}
