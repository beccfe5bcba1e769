import { DEFAULT_GEMINI_MODEL, geminiModel, TEXT_TOKENS, TOKENS_PER_INPUT_IMAGE } from './gemini-models.ts';
import { HOSTED_INPUT_SIDE, type ImageSize, type ModelCapabilities } from './model-capabilities.ts';

/** What can be said of an engine without calling it: enough to plan and to price. */
export interface ModelTraits {
  /** `local` or `gemini`. */
  readonly engine: string;
  /** The model that answers when a request names none. */
  readonly defaultModel: string;
  /** What `model` accepts. Unknown models get the family's most careful capabilities. */
  capabilities(model: string): ModelCapabilities;
  /** Cost of one answered request in US dollars: the upper estimate that reservations and quotes use. */
  estimateUsd(request: { model: string; imageSize: ImageSize; inputs: { length: number } }): number;
  /** What a call costs in a provider batch, as a share of that; absent where the provider makes none. */
  readonly batchPriceFactor?: number;
}

/** Of Google, OpenAI and most others that have batches (2026-11). */
export const BATCH_PRICE_FACTOR = 0.5;

export function geminiTraits(defaultModel: string = DEFAULT_GEMINI_MODEL): ModelTraits {
  return {
    engine: 'gemini',
    defaultModel,
    batchPriceFactor: BATCH_PRICE_FACTOR,
    capabilities: (model) => {
      const { maxInputImages, requestMaxBytes, aspectRatios, imageSizes } = geminiModel(model);
      return {
        maxInputImages,
        requestMaxBytes,
        maxInputSide: HOSTED_INPUT_SIDE,
        takesAlpha: false,
        aspectRatios,
        imageSizes,
      };
    },
    estimateUsd: ({ model, imageSize, inputs }) => {
      const { price, imageTokens } = geminiModel(model);
      const input = (inputs.length * TOKENS_PER_INPUT_IMAGE + TEXT_TOKENS) * price.input;
      return (input + imageTokens[imageSize] * price.image + TEXT_TOKENS * price.text) / 1e6;
    },
  };
}

const LOCAL_RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

export const LOCAL_TRAITS: ModelTraits = {
  engine: 'local',
  // The number rises with every change of what it renders: it is part of the name a picture is remembered by.
  defaultModel: 'local-packshot-9',
  capabilities: () => ({
    maxInputImages: 1,
    requestMaxBytes: 50_000_000,
    // The local engine shows the photo itself.
    maxInputSide: 2048,
    takesAlpha: true,
    aspectRatios: LOCAL_RATIOS,
    imageSizes: ['1K', '2K', '4K'],
  }),
  estimateUsd: () => 0,
};
