export type ImageSize = '1K' | '2K' | '4K';

/**
 * Longer side in pixels of a photo on its way to a hosted model. Of a 12 MP photo with a label, prepared at 2000 and at 1536 px
 * and shown as large as in an answer of 2K, a reader by templates knew all letters from 16 px of the photo on either way (22 and 22 of
 * 24 at 14 px); they agreed with their templates to 0.77 and 0.74 at 16 px, 0.71 from 1280. It has 46 % fewer bytes.
 */
export const HOSTED_INPUT_SIDE = 1536;

export interface ModelCapabilities {
  maxInputImages: number;
  /** All inputs of one request together, in bytes before base64. */
  requestMaxBytes: number;
  /** Longer side of each input in pixels; a larger photo is shrunk to it. */
  maxInputSide: number;
  /** Whether it makes use of transparency; others might see whatever colour lies beneath it. */
  takesAlpha: boolean;
  /** `width:height` spellings, e.g. `1:1`. */
  aspectRatios: readonly string[];
  imageSizes: readonly ImageSize[];
}
