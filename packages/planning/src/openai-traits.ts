import { HOSTED_INPUT_SIDE, type ImageSize, type ModelCapabilities } from './model-capabilities.ts';
import { BATCH_PRICE_FACTOR, type ModelTraits } from './model-traits.ts';

/** What a server that speaks OpenAI's `POST /v1/images/edits` is like; the configuration says it per model. */
export interface OpenaiOffer {
  /** The model that answers when a batch names none. */
  defaultModel: string;
  /**
   * Largest picture: `4K` for GPT Image 2 and later, whose edges reach 3840 px; `1K` for self-hosted models, which were
   * trained at 1 to 2 megapixels and are enlarged better afterwards.
   */
  largest: ImageSize;
  /** Photos that one request may carry: 16 at OpenAI, often 1 elsewhere. */
  maxInputImages: number;
  /** So many dollars a picture: 0 for a server of one's own. Absent: by the tokens that an answer reports, as at OpenAI. */
  usdPerPicture?: number;
  /** Whether the server has OpenAI's Batch API, which makes calls within a day at half the price. Default: no. */
  batches?: boolean;
}

/**
 * OpenAI's price list for GPT Image 2, 2.5 and 2.6, read 2026-11-28. At quality `high` 1024 × 1024 px cost about $0.211,
 * which are 7,030 tokens (resellers' tables, 2026-11).
 */
export const GPT_IMAGE_PRICE = {
  /** Dollars per million tokens of words in, photos in, picture out. */
  text: 5,
  imageIn: 8,
  imageOut: 30,
  /** Tokens of a 1024 × 1024 picture: the upper estimate of quotes. Larger ones count by their area. */
  tokensPerMegapixel: 7030,
};

/** A photo is read at high fidelity since version 2: a generous guess, since no table is public. */
const TOKENS_PER_PHOTO = 6200;
const PROMPT_TOKENS = 1000;

/** Edges are multiples of 16, no longer than 3840 px; at most 8,294,400 px in all; sides 1:3 to 3:1. */
const STEP = 16;
const MAX_PIXELS = 8_294_400;
const MAX_EDGE = 3840;
const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
const SIDE: Record<ImageSize, number> = { '1K': 1024, '2K': 2048, '4K': 2880 };
const SIZES: readonly ImageSize[] = ['1K', '2K', '4K'];

export function openaiTraits(offer: OpenaiOffer): ModelTraits {
  const capabilities: ModelCapabilities = {
    maxInputImages: offer.maxInputImages,
    // Each photo may have 50 MB at OpenAI; ours are 1536 px and all of them together never come near this.
    requestMaxBytes: 20_000_000,
    maxInputSide: HOSTED_INPUT_SIDE,
    takesAlpha: false,
    aspectRatios: RATIOS,
    imageSizes: SIZES.slice(0, SIZES.indexOf(offer.largest) + 1),
  };
  return {
    engine: 'openai-images',
    defaultModel: offer.defaultModel,
    ...(offer.batches === true && { batchPriceFactor: BATCH_PRICE_FACTOR }),
    capabilities: () => capabilities,
    estimateUsd({ imageSize, inputs }) {
      if (offer.usdPerPicture !== undefined) return offer.usdPerPicture;
      const { text, imageIn, imageOut, tokensPerMegapixel } = GPT_IMAGE_PRICE;
      const megapixels = (SIDE[imageSize] / 1024) ** 2;
      const photos = inputs.length * TOKENS_PER_PHOTO * imageIn;
      return (PROMPT_TOKENS * text + photos + tokensPerMegapixel * megapixels * imageOut) / 1e6;
    },
  };
}

/**
 * `size` of a request, in pixels, from a ratio (`4:5`) and a size class: the area of the class's square, edges in steps of
 * 16 that miss the ratio by at most 2 %. Throws `RangeError` for a ratio beyond 1:3 or 3:1.
 */
export function openaiSize(aspectRatio: string, imageSize: ImageSize): { width: number; height: number } {
  const [across = Number.NaN, down = Number.NaN] = aspectRatio.split(':').map(Number);
  const ratio = across / down;
  if (!(ratio >= 1 / 3 && ratio <= 3)) throw new RangeError(`${aspectRatio} is not between 1:3 and 3:1`);
  const area = Math.min(SIDE[imageSize] ** 2, MAX_PIXELS);
  const most = Math.min(Math.sqrt(area * Math.max(ratio, 1 / ratio)), MAX_EDGE);
  let best = { long: STEP, short: STEP, error: Number.POSITIVE_INFINITY };
  // Of the edges just below the wished one, that which meets the ratio best.
  for (let long = Math.floor(most / STEP) * STEP; long > most * 0.9; long -= STEP) {
    const short = Math.round(long / Math.max(ratio, 1 / ratio) / STEP) * STEP;
    const error = Math.abs(long / short / Math.max(ratio, 1 / ratio) - 1);
    if (error < best.error - 1e-9 && long * short <= MAX_PIXELS) best = { long, short, error };
  }
  const { long, short } = best;
  return ratio >= 1 ? { width: long, height: short } : { width: short, height: long };
}
