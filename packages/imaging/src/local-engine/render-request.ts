import type { ImageKind } from '@image-studio/contract';
import type { ImageSize } from '@image-studio/planning';

/** What the local engine is asked for. */
export interface RenderRequest {
  /** Source photos, most important first; only the first is used. */
  inputs: { mime: string; data: Buffer }[];
  /** What the picture is for. Default: `main`. */
  kind?: ImageKind;
  /** `width:height`, such as `4:3`. */
  aspectRatio: string;
  /** Longer side of the answer: 1024, 2048 or 4096 px. */
  imageSize: ImageSize;
}

/** A picture that the local engine has made. */
export interface Rendered {
  /** A JPEG of quality 95. */
  image: Buffer;
  mime: 'image/jpeg';
  /** What the engine could not do, in a sentence for the person who looks at the picture. */
  note?: string;
}

/**
 * Why there is no picture: the caller cancelled it, asked for what cannot be, or gave a photo that cannot be decoded;
 * `failed` is a fault of the engine.
 */
export type RenderErrorKind = 'cancelled' | 'badRequest' | 'badPhoto' | 'failed';

export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly kind: RenderErrorKind;

  constructor(kind: RenderErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.kind = kind;
  }
}
