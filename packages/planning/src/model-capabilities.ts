export type ImageSize = '1K' | '2K' | '4K';

export interface ModelCapabilities {
  maxInputImages: number;
  /** All inputs of one request together, in bytes before base64. */
  requestMaxBytes: number;
  /** Whether it makes use of transparency; others might see whatever colour lies beneath it. */
  takesAlpha: boolean;
  /** `width:height` spellings, e.g. `1:1`. */
  aspectRatios: readonly string[];
  imageSizes: readonly ImageSize[];
}
