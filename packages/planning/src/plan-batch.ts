import type { BatchOptions, BatchPlan } from '@image-studio/contract';
import { builtInWords } from './build-prompt.ts';
import type { ModelTraits } from './model-traits.ts';
import { captionsGoBelow } from './plan-captions.ts';
import { askFor, planOutput } from './plan-output.ts';
import { secondaryKinds } from './secondary-kinds.ts';

/**
 * The plan of a batch by this process's own defaults: made once, when it is submitted, and kept with it. Batches of
 * earlier versions have none and are planned anew at every start of a SKU. `scope`: whose ledger its calls belong to.
 */
export function planBatch(options: BatchOptions, traits: ModelTraits, scope = ''): BatchPlan {
  const model =
    options.model !== undefined && traits.engine !== 'local' ? options.model : traits.defaultModel;
  const { maxInputImages, requestMaxBytes, maxInputSide, takesAlpha, ...offers } = traits.capabilities(model);
  const output = planOutput(options);
  const { aspectRatio, imageSize } = askFor(output, offers);
  const kinds = new Set([...(options.main === false ? [] : ['main' as const]), ...secondaryKinds(options)]);
  const usd = (photos: number) => traits.estimateUsd({ model, imageSize, inputs: { length: photos } });
  return {
    engine: traits.engine,
    scope,
    model,
    aspectRatio,
    imageSize,
    photos: {
      most: maxInputImages,
      maxBytes: requestMaxBytes,
      keepAlpha: takesAlpha,
      maxSide: maxInputSide,
    },
    words: builtInWords(options.language, [...kinds], captionsGoBelow(output)),
    priceUsd: { call: usd(0), photo: usd(1) - usd(0) },
  };
}
