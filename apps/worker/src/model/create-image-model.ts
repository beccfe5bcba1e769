import type { ModelConfig } from '@image-studio/runtime';
import type { CpuGate } from '../sharp-settings.ts';
import { createGeminiModel } from './gemini.ts';
import type { ImageModel } from './image-model.ts';
import { createLocalModel } from './local.ts';

/**
 * The engine that the configuration names. The local one renders on this machine's cores, so it takes its turn at the
 * same gate as every other stage that does.
 */
export function createImageModel(config: ModelConfig, cpu: CpuGate): ImageModel {
  if (config.engine === 'gemini') {
    return createGeminiModel({ apiKey: config.apiKey, baseUrl: config.baseUrl, model: config.defaultModel });
  }
  const local = createLocalModel();
  return {
    ...local,
    generate: (request, signal) => cpu.run(() => local.generate(request, signal), signal),
  };
}
