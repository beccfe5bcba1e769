import type { ModelConfig } from '@image-studio/runtime';
import type { PictureWork } from '../pictures/picture-work.ts';
import { createGeminiModel } from './gemini.ts';
import type { ImageModel } from './image-model.ts';
import { createLocalModel } from './local.ts';

/**
 * The engine that the configuration names. The local one renders on this machine's cores, so it takes its turn among
 * the other work on pictures.
 */
export function createImageModel(config: ModelConfig, pictures: Pick<PictureWork, 'render'>): ImageModel {
  if (config.engine === 'gemini') {
    return createGeminiModel({ apiKey: config.apiKey, baseUrl: config.baseUrl, model: config.defaultModel });
  }
  return { ...createLocalModel(), generate: pictures.render };
}
