import { HOSTED_INPUT_SIDE } from './model-capabilities.ts';
import type { ModelTraits } from './model-traits.ts';

export interface OpenrouterOffer {
  /** `author/name`, as OpenRouter lists it; answers when a batch names none. */
  defaultModel: string;
  /** Upper estimate of one call in dollars, for quotes and reservations; each answer says what it did cost. */
  mostUsdPerCall: number;
  maxInputImages: number;
}

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

export function openrouterTraits(offer: OpenrouterOffer): ModelTraits {
  return {
    engine: 'openrouter',
    defaultModel: offer.defaultModel,
    capabilities: () => ({
      maxInputImages: offer.maxInputImages,
      requestMaxBytes: 20_000_000,
      maxInputSide: HOSTED_INPUT_SIDE,
      takesAlpha: false,
      aspectRatios: RATIOS,
      imageSizes: ['1K', '2K', '4K'],
    }),
    estimateUsd: () => offer.mostUsdPerCall,
  };
}
