import type { PictureWork } from '@image-studio/imaging/pool';
import type { ModelConfig } from '@image-studio/runtime';
import type { Downloader } from '../sources/download.ts';
import { createGeminiModel } from './gemini/gemini.ts';
import type { ImageModel } from './image-model.ts';
import { createLocalModel } from './local.ts';
import { createOpenaiImagesModel } from './openai/openai-images.ts';
import { createOpenrouterModel } from './openai/openrouter.ts';

/**
 * The engine that the configuration names. The local one renders on this machine's cores, so it takes its turn among
 * the other work on pictures. A picture that an answer gives only the address of comes through `downloader`, which knows
 * where requests may go.
 */
export function createImageModel(
  config: ModelConfig,
  pictures: Pick<PictureWork, 'inspect' | 'render'>,
  downloader: Pick<Downloader, 'download'>,
): ImageModel {
  const deps = {
    // What has been paid for is looked at, whatever is cancelled meanwhile.
    inspect: (image: Buffer) => pictures.inspect(image, new AbortController().signal),
    async fetchPicture(url: string, signal: AbortSignal) {
      const { photo, release } = await downloader.download(
        { url, name: 'answer', stem: 'answer' },
        { signal },
      );
      release();
      return photo.data;
    },
  };
  switch (config.engine) {
    case 'local':
      return createLocalModel(pictures);
    case 'gemini':
      return createGeminiModel({ ...config, ...deps, model: config.defaultModel });
    case 'openai-images':
      return createOpenaiImagesModel({ ...config, ...deps });
    case 'openrouter':
      return createOpenrouterModel({ ...config, ...deps });
  }
}
