import type { ImageSize, ModelCapabilities } from './model-capabilities.ts';

/** What one Gemini image model accepts and costs. Prices in US dollars per million tokens. */
export interface GeminiModel extends Omit<ModelCapabilities, 'takesAlpha' | 'maxInputSide'> {
  /** Older models answer 400 or 500 when `imageSize` is sent at all. */
  sendsImageSize: boolean;
  price: { input: number; text: number; image: number };
  /** Tokens of one output picture. */
  imageTokens: Record<ImageSize, number>;
}

/** The model that is used unless the configuration names another: generally available since 2026-10-06. */
export const DEFAULT_GEMINI_MODEL = 'gemini-nano-banana-2.1';

/** Every input picture is billed alike, whatever its size. Source: image generation guide, 2026-11-22. */
export const TOKENS_PER_INPUT_IMAGE = 1120;

/** Text around the pictures, and thinking, per call: a generous guess (300 measured by others). */
export const TEXT_TOKENS = 500;

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
const EXTREME_RATIOS = ['1:4', '4:1', '1:8', '8:1'];
/**
 * 100 MB a request are allowed since 2026-01-08 (changelog), 7 MB a picture on Vertex; 20 MB was the limit before and
 * is kept, because supplier photos are sent at 2048 px and never come near it.
 */
const REQUEST_MAX_BYTES = 20_000_000;

/**
 * Sources: ai.google.dev pricing, models and deprecations pages, and resellers where those are silent, all read
 * 2026-11-22. Where they contradict each other the dearer value stands.
 */
const MODELS: Record<string, GeminiModel> = {
  'gemini-nano-banana-2.1': {
    maxInputImages: 14,
    requestMaxBytes: REQUEST_MAX_BYTES,
    aspectRatios: [...RATIOS, ...EXTREME_RATIOS],
    imageSizes: ['1K', '2K', '4K'],
    sendsImageSize: true,
    price: { input: 1.5, text: 7.5, image: 30 },
    imageTokens: { '1K': 1120, '2K': 1680, '4K': 3780 },
  },
  // Shut down 2026-10-29 according to most sources; kept for gateways that still serve it.
  'gemini-3.1-flash-image': {
    maxInputImages: 14,
    requestMaxBytes: REQUEST_MAX_BYTES,
    aspectRatios: [...RATIOS, ...EXTREME_RATIOS],
    imageSizes: ['1K', '2K', '4K'],
    sendsImageSize: true,
    price: { input: 0.5, text: 3, image: 60 },
    imageTokens: { '1K': 1120, '2K': 1680, '4K': 2520 },
  },
  'gemini-3.1-flash-lite-image': {
    maxInputImages: 14,
    requestMaxBytes: REQUEST_MAX_BYTES,
    aspectRatios: RATIOS,
    imageSizes: ['1K'],
    sendsImageSize: true,
    price: { input: 0.25, text: 1.5, image: 30 },
    imageTokens: { '1K': 1120, '2K': 1120, '4K': 1120 },
  },
  'gemini-3-pro-image': {
    maxInputImages: 14,
    requestMaxBytes: REQUEST_MAX_BYTES,
    aspectRatios: RATIOS,
    imageSizes: ['1K', '2K', '4K'],
    sendsImageSize: true,
    price: { input: 2, text: 12, image: 120 },
    imageTokens: { '1K': 1120, '2K': 1120, '4K': 2000 },
  },
  // Listed as shut down 2026-10-02; three input pictures recommended.
  'gemini-2.5-flash-image': {
    maxInputImages: 3,
    requestMaxBytes: REQUEST_MAX_BYTES,
    aspectRatios: RATIOS,
    imageSizes: ['1K'],
    sendsImageSize: false,
    price: { input: 0.3, text: 2.5, image: 30 },
    imageTokens: { '1K': 1290, '2K': 1290, '4K': 1290 },
  },
};

/** For names that nobody has described: the least that all of them accept, at the highest price. */
const UNKNOWN: GeminiModel = {
  maxInputImages: 3,
  requestMaxBytes: 7_000_000,
  aspectRatios: RATIOS,
  imageSizes: ['1K'],
  sendsImageSize: false,
  price: { input: 2, text: 12, image: 120 },
  imageTokens: { '1K': 1290, '2K': 1680, '4K': 3780 },
};

/** What is known about `model`, by its exact name. */
export function geminiModel(model: string): GeminiModel {
  // Batches name models: `constructor` is a plain name, too.
  return (Object.hasOwn(MODELS, model) ? MODELS[model] : undefined) ?? UNKNOWN;
}
