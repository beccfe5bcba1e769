import { DEFAULT_GEMINI_MODEL } from './gemini-models.ts';
import { HOSTED_INPUT_SIDE, type ImageSize } from './model-capabilities.ts';
import { geminiTraits, LOCAL_TRAITS, type ModelTraits } from './model-traits.ts';
import { openaiTraits } from './openai-traits.ts';
import { openrouterTraits } from './openrouter-traits.ts';

/** An engine and what the configuration says of it; never a key. What it leaves out, the engine's own traits say. */
export interface EngineChoice {
  engine: string;
  defaultModel?: string;
  largest?: ImageSize;
  maxInputImages?: number;
  aspectRatios?: readonly string[];
  takesAlpha?: boolean;
  usdPerPicture?: number;
  mostUsdPerCall?: number;
  /** Whether its server makes batches of calls at a lower price. Default: what the engine's own provider does. */
  batches?: boolean;
}

/** More than a picture of the dearest listed model costs (2026-11). */
const MOST_USD_PER_CALL = 0.25;

/** Engines that more is known of than the configuration says. */
const TRAITS: Record<string, (choice: EngineChoice, model: string) => ModelTraits> = {
  local: () => LOCAL_TRAITS,
  gemini: (_, model) => geminiTraits(model || DEFAULT_GEMINI_MODEL),
  'openai-images': ({ largest = '4K', maxInputImages = 16, usdPerPicture, batches = false }, defaultModel) =>
    openaiTraits({
      defaultModel,
      largest,
      maxInputImages,
      batches,
      ...(usdPerPicture !== undefined && { usdPerPicture }),
    }),
  openrouter: ({ maxInputImages = 4, mostUsdPerCall = MOST_USD_PER_CALL }, defaultModel) =>
    openrouterTraits({ defaultModel, maxInputImages, mostUsdPerCall }),
};

/** What is known of the chosen engine without calling it. */
export function traitsOf(choice: EngineChoice): ModelTraits {
  const known = Object.hasOwn(TRAITS, choice.engine) ? TRAITS[choice.engine] : undefined;
  const traits = known?.(choice, choice.defaultModel ?? '') ?? plainTraits(choice);
  if (traits === LOCAL_TRAITS) return traits;
  const { batchPriceFactor, ...others } = traits;
  const hasBatches = batchPriceFactor !== undefined && choice.batches !== false;
  return { ...others, ...asConfigured(traits, choice), ...(hasBatches && { batchPriceFactor }) };
}

/** Of an engine that nothing more is known of: the least that all of them do. */
function plainTraits({
  engine,
  defaultModel = '',
  mostUsdPerCall = MOST_USD_PER_CALL,
}: EngineChoice): ModelTraits {
  return {
    engine,
    defaultModel,
    capabilities: () => ({
      maxInputImages: 1,
      requestMaxBytes: 20_000_000,
      maxInputSide: HOSTED_INPUT_SIDE,
      takesAlpha: false,
      aspectRatios: ['1:1'],
      imageSizes: ['1K'],
    }),
    estimateUsd: () => mostUsdPerCall,
  };
}

const SIZES: readonly ImageSize[] = ['1K', '2K', '4K'];

function asConfigured(
  traits: ModelTraits,
  choice: EngineChoice,
): Pick<ModelTraits, 'capabilities' | 'estimateUsd'> {
  const { largest, maxInputImages, aspectRatios, takesAlpha, usdPerPicture, mostUsdPerCall } = choice;
  const usd = usdPerPicture ?? mostUsdPerCall;
  return {
    capabilities(model) {
      const known = traits.capabilities(model);
      return {
        ...known,
        maxInputImages: maxInputImages ?? known.maxInputImages,
        aspectRatios: aspectRatios ?? known.aspectRatios,
        takesAlpha: takesAlpha ?? known.takesAlpha,
        imageSizes: largest ? SIZES.slice(0, SIZES.indexOf(largest) + 1) : known.imageSizes,
      };
    },
    estimateUsd: (request) => usd ?? traits.estimateUsd(request),
  };
}
