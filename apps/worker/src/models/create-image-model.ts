import type { PictureWork } from '@image-studio/imaging/pool';
import { traitsOf } from '@image-studio/planning';
import type { ModelConfig } from '@image-studio/runtime';
import type { Downloader } from '../sources/download.ts';
import type { Adapter } from './adapter.ts';
import type { ImageModel, ModelBatches } from './image-model.ts';

/**
 * The model that the configuration describes. The local engine renders on this machine's cores, so it takes its turn among
 * the other work on pictures. A picture that an answer gives only the address of comes through `downloader`, which knows
 * where requests may go. Throws for a provider without an adapter.
 */
export function createImageModel(
  config: ModelConfig,
  adapters: Readonly<Record<string, Adapter>>,
  pictures: Pick<PictureWork, 'inspect' | 'render'>,
  downloader: Pick<Downloader, 'download'>,
): ImageModel {
  const adapter = Object.hasOwn(adapters, config.engine) ? adapters[config.engine] : undefined;
  if (!adapter) throw new Error(`there is no adapter for ${config.engine}`);
  const traits = traitsOf(config);
  const { batches, ...model } = adapter(
    { ...config, traits },
    {
      // An answer that was paid for is looked at, also when its call was cancelled meanwhile.
      inspect: (image) => pictures.inspect(image, new AbortController().signal),
      async fetchPicture(url, signal) {
        const source = { url, name: 'answer', stem: 'answer' };
        const { photo, release } = await downloader.download(source, { signal });
        release();
        return photo.data;
      },
      render: (...request) => pictures.render(...request),
    },
  );
  const { usdPerPicture } = config;
  return {
    ...model,
    ...traits,
    generate: pricedAs(usdPerPicture, model),
    // Whether the server that is configured has any, the configuration says.
    ...(batches &&
      traits.batchPriceFactor !== undefined && {
        batches: batchesPricedAs(usdPerPicture, traits.batchPriceFactor, batches),
      }),
  };
}

function batchesPricedAs(
  usdPerPicture: number | undefined,
  factor: number,
  batches: ModelBatches,
): ModelBatches {
  if (usdPerPicture === undefined) return batches;
  const costUsd = usdPerPicture * factor;
  return {
    ...batches,
    results: (file, requestOf, take, signal) =>
      batches.results(
        file,
        requestOf,
        (result) => take('answer' in result ? { ...result, answer: { ...result.answer, costUsd } } : result),
        signal,
      ),
  };
}

/** A price per picture that the configuration names holds, whatever an answer says. */
function pricedAs(usdPerPicture: number | undefined, model: ImageModel): ImageModel['generate'] {
  if (usdPerPicture === undefined) return (request, signal) => model.generate(request, signal);
  return async (request, signal) => ({ ...(await model.generate(request, signal)), costUsd: usdPerPicture });
}
