import { ModelName } from '@image-studio/contract';
import { z } from 'zod';
import { type Environment, withoutEmpty } from './read-environment.ts';
import { variable } from './variable.ts';

/** Model that answers when neither a batch nor `GEMINI_MODEL` names one. */
const DEFAULT_GEMINI_MODEL = 'gemini-nano-banana-2.1';

/** What the API needs of a model, to plan, to quote and to show it: never its key. */
export interface ModelChoice {
  /** Whose language it speaks: `local`, `gemini`, `openai-images`, `openrouter`, or another adapter of the worker's. */
  engine: string;
  /** The model that answers when a batch names none; the local engine has its own. */
  defaultModel?: string;
  /** Of the pictures. */
  largest?: '1K' | '2K' | '4K';
  /** Photos that one request may carry. */
  maxInputImages?: number;
  /** `width:height` spellings that it draws. */
  aspectRatios?: readonly string[];
  takesAlpha?: boolean;
  /** What each picture costs, 0 for a server of one's own. Absent: what its answer says, or a price list. */
  usdPerPicture?: number;
  /** Upper estimate of a call, where only the answer says what it cost. */
  mostUsdPerCall?: number;
  /** Whether its server makes batches of calls at a lower price. Absent: what is known of the engine. */
  batches?: boolean;
}

/** With what a worker needs to ask it. */
export interface ModelConfig extends ModelChoice {
  /** Never log it. Absent for a server that asks for none. */
  apiKey?: string;
  /** Default: the provider's own. */
  baseUrl?: string;
  quality?: string;
}

const ENGINES = ['local', 'gemini', 'openai-images', 'openrouter'] as const;
type Engine = (typeof ENGINES)[number];

/** `gemini` when chosen or when its key is set, else `local`; only the chosen engine's variables are looked at. */
export function modelSlice(env: Environment): z.ZodType<ModelConfig> {
  return SLICES[engineOf(env)];
}

/** The same choice, without the key. */
export function modelChoiceSlice(env: Environment): z.ZodType<ModelChoice> {
  return CHOICE_SLICES[engineOf(env)];
}

/** An engine that nobody knows is refused by the slice of the local one. */
function engineOf(env: Environment): Engine {
  const chosen = chosenEngine(env);
  return ENGINES.find((engine) => engine === chosen) ?? 'local';
}

/** The chosen one; else `gemini` when its key is set, else `local`. */
export function chosenEngine(env: Environment): string {
  const given = withoutEmpty(env);
  return given.IMAGE_MODEL ?? (given.GEMINI_API_KEY ? 'gemini' : 'local');
}

const Model = z.string().refine((name) => ModelName.safeParse(name).success, 'must be a plain model name');
const GeminiModel = Model.default(DEFAULT_GEMINI_MODEL);
const Key = (engine: Engine) =>
  z
    .string(`is required when IMAGE_MODEL is ${engine}`)
    .regex(/^[\x21-\x7e]+$/, 'must not contain spaces or non-ASCII characters');

const LocalSlice = z
  .object({ IMAGE_MODEL: variable.oneOf(ENGINES) })
  .transform((): ModelConfig => ({ engine: 'local' }));

const GeminiChoiceSlice = z
  .object({ GEMINI_MODEL: GeminiModel })
  .transform((env): ModelChoice => ({ engine: 'gemini', defaultModel: env.GEMINI_MODEL }));

const GeminiSlice = z
  .object({
    GEMINI_API_KEY: Key('gemini'),
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

const OPENAI = 'https://api.openai.com';
/** The most photos that OpenAI takes with one request; servers of one's own often take one. */
const OPENAI_PHOTOS = 16;

const OPENAI_OFFER = {
  OPENAI_BASE_URL: variable.url(['https:', 'http:']).optional(),
  OPENAI_MODEL: Model.default('gpt-image-2'),
  OPENAI_LARGEST: variable.oneOf(['1K', '2K', '4K']),
  OPENAI_PHOTOS_PER_CALL: variable.optionalInteger({ min: 1, max: OPENAI_PHOTOS }),
  OPENAI_USD_PER_PICTURE: variable.optionalUsd({ zero: true }),
  OPENAI_BATCHES: variable.oneOf(['true', 'false']),
};

interface OpenaiOfferEnv {
  OPENAI_BASE_URL?: string | undefined;
  OPENAI_MODEL: string;
  OPENAI_LARGEST?: '1K' | '2K' | '4K' | undefined;
  OPENAI_PHOTOS_PER_CALL?: number | undefined;
  OPENAI_USD_PER_PICTURE?: number | undefined;
  OPENAI_BATCHES?: 'true' | 'false' | undefined;
}

const isPriced = (env: OpenaiOfferEnv) =>
  env.OPENAI_BASE_URL === undefined || env.OPENAI_USD_PER_PICTURE !== undefined;
const PRICE_MISSING = {
  path: ['OPENAI_USD_PER_PICTURE'],
  message:
    'is required with OPENAI_BASE_URL: what a picture costs there in US dollars, 0 for a server of your own',
};

function openaiChoice(env: OpenaiOfferEnv): ModelChoice {
  const isOwn = env.OPENAI_BASE_URL !== undefined;
  const hasBatches = env.OPENAI_BATCHES === undefined ? !isOwn : env.OPENAI_BATCHES === 'true';
  return {
    engine: 'openai-images',
    defaultModel: env.OPENAI_MODEL,
    largest: env.OPENAI_LARGEST ?? (isOwn ? '1K' : '4K'),
    maxInputImages: env.OPENAI_PHOTOS_PER_CALL ?? (isOwn ? 1 : OPENAI_PHOTOS),
    ...(hasBatches && { batches: true }),
    ...(env.OPENAI_USD_PER_PICTURE !== undefined && { usdPerPicture: env.OPENAI_USD_PER_PICTURE }),
  };
}

const OpenaiChoiceSlice = z.object(OPENAI_OFFER).refine(isPriced, PRICE_MISSING).transform(openaiChoice);

const OpenaiSlice = z
  .object({
    ...OPENAI_OFFER,
    OPENAI_API_KEY: Key('openai-images').optional(),
    OPENAI_QUALITY: variable.oneOf(['low', 'medium', 'high', 'auto']),
  })
  .refine(isPriced, PRICE_MISSING)
  .refine((env) => env.OPENAI_BASE_URL !== undefined || env.OPENAI_API_KEY !== undefined, {
    path: ['OPENAI_API_KEY'],
    message:
      'is required when IMAGE_MODEL is openai-images, unless OPENAI_BASE_URL names a server of your own',
  })
  .transform(
    (env): ModelConfig => ({
      ...openaiChoice(env),
      baseUrl: withoutV1(env.OPENAI_BASE_URL ?? OPENAI),
      ...(env.OPENAI_API_KEY !== undefined && { apiKey: env.OPENAI_API_KEY }),
      ...(env.OPENAI_QUALITY !== undefined && { quality: env.OPENAI_QUALITY }),
    }),
  );

/** Many write the address with `/v1`, as OpenAI's own libraries want it. */
export function withoutV1(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}

const OPENROUTER_OFFER = {
  OPENROUTER_MODEL: z
    .string('is required when IMAGE_MODEL is openrouter')
    .refine((name) => ModelName.safeParse(name).success, 'must be a model name such as author/name'),
  OPENROUTER_PHOTOS_PER_CALL: variable.integer(4, { min: 1, max: 16 }),
  OPENROUTER_MOST_USD_PER_CALL: variable.optionalUsd(),
};
/** More than a picture of the dearest listed model costs (2026-11); answers say what each did cost. */
export const MOST_USD_PER_CALL = 0.25;

function openrouterChoice(env: {
  OPENROUTER_MODEL: string;
  OPENROUTER_PHOTOS_PER_CALL: number;
  OPENROUTER_MOST_USD_PER_CALL?: number | undefined;
}): ModelChoice {
  return {
    engine: 'openrouter',
    defaultModel: env.OPENROUTER_MODEL,
    maxInputImages: env.OPENROUTER_PHOTOS_PER_CALL,
    mostUsdPerCall: env.OPENROUTER_MOST_USD_PER_CALL ?? MOST_USD_PER_CALL,
  };
}

const OpenrouterChoiceSlice = z.object(OPENROUTER_OFFER).transform(openrouterChoice);

const OpenrouterSlice = z
  .object({
    ...OPENROUTER_OFFER,
    OPENROUTER_API_KEY: Key('openrouter'),
    OPENROUTER_BASE_URL: variable.url(['https:', 'http:']).optional(),
  })
  .transform(
    (env): ModelConfig => ({
      ...openrouterChoice(env),
      apiKey: env.OPENROUTER_API_KEY,
      ...(env.OPENROUTER_BASE_URL !== undefined && {
        baseUrl: env.OPENROUTER_BASE_URL.replace(/\/+$/, ''),
      }),
    }),
  );

const SLICES: Record<Engine, z.ZodType<ModelConfig>> = {
  local: LocalSlice,
  gemini: GeminiSlice,
  'openai-images': OpenaiSlice,
  openrouter: OpenrouterSlice,
};
const CHOICE_SLICES: Record<Engine, z.ZodType<ModelChoice>> = {
  local: LocalSlice,
  gemini: GeminiChoiceSlice,
  'openai-images': OpenaiChoiceSlice,
  openrouter: OpenrouterChoiceSlice,
};
