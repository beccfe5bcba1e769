import type { Adapter } from './adapter.ts';
import { gemini } from './gemini/gemini.ts';
import { local } from './local.ts';
import { openaiImages } from './openai/openai-images.ts';
import { openrouter } from './openai/openrouter.ts';

/** The providers by the names that the configuration knows them by. */
export const ADAPTERS: Readonly<Record<string, Adapter>> = {
  gemini,
  local,
  'openai-images': openaiImages,
  openrouter,
};
