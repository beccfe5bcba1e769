import { ModelName } from '@image-studio/contract';
import { z } from 'zod';
import { type Environment, withoutEmpty } from './read-environment.ts';
import { variable } from './variable.ts';

/** Model that answers when neither a batch nor `GEMINI_MODEL` names one. */
const DEFAULT_GEMINI_MODEL = 'gemini-nano-banana-2.1';

export interface LocalModelConfig {
  engine: 'local';
}

export interface GeminiModelConfig {
  engine: 'gemini';
  /** Never log it. */
  apiKey: string;
  /** Default: Google's own address. */
  baseUrl?: string;
  defaultModel: string;
}

export type ModelConfig = LocalModelConfig | GeminiModelConfig;

/** What the API needs to quote and to show: the engine, never its key. */
export type ModelChoice = LocalModelConfig | { engine: 'gemini'; defaultModel: string };

/** `gemini` when chosen or when its key is set, else `local`; only the chosen engine's variables are looked at. */
export function modelSlice(env: Environment): z.ZodType<ModelConfig> {
  return chosenEngine(env) === 'gemini' ? GeminiSlice : LocalSlice;
}

/** The same choice, without the key. */
export function modelChoiceSlice(env: Environment): z.ZodType<ModelChoice> {
  return chosenEngine(env) === 'gemini' ? GeminiChoiceSlice : LocalSlice;
}

/** `gemini` when chosen or when its key is set, else `local`. */
export function chosenEngine(env: Environment): string {
  const given = withoutEmpty(env);
  return given.IMAGE_MODEL ?? (given.GEMINI_API_KEY ? 'gemini' : 'local');
}

const GeminiModel = z
  .string()
  .refine((name) => ModelName.safeParse(name).success, 'must be a plain model name')
  .default(DEFAULT_GEMINI_MODEL);

const LocalSlice = z
  .object({ IMAGE_MODEL: variable.oneOf(['local', 'gemini']) })
  .transform((): LocalModelConfig => ({ engine: 'local' }));

const GeminiChoiceSlice = z
  .object({ GEMINI_MODEL: GeminiModel })
  .transform((env): ModelChoice => ({ engine: 'gemini', defaultModel: env.GEMINI_MODEL }));

const GeminiSlice = z
  .object({
    GEMINI_API_KEY: z
      .string('is required when IMAGE_MODEL is gemini')
      .regex(/^[\x21-\x7e]+$/, 'must not contain spaces or non-ASCII characters'),
    GEMINI_BASE_URL: variable.url(['https:', 'http:']).optional(),
    GEMINI_MODEL: GeminiModel,
  })
  .transform(
    (env): ModelConfig => ({
      engine: 'gemini',
      apiKey: env.GEMINI_API_KEY,
      defaultModel: env.GEMINI_MODEL,
      ...(env.GEMINI_BASE_URL !== undefined && { baseUrl: env.GEMINI_BASE_URL.replace(/\/+$/, '') }),
    }),
  );
