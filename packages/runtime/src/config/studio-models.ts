import { readFileSync } from 'node:fs';
import { DEFAULT_POOL, defined, MAX_MODELS_PER_BATCH, ModelName } from '@image-studio/contract';
import { z } from 'zod';
import {
  MOST_USD_PER_CALL,
  type ModelChoice,
  type ModelConfig,
  modelChoiceSlice,
  modelSlice,
  withoutV1,
} from './model-slice.ts';
import { MAX_CALLS_PER_MINUTE, type QuotaConfig, quotaSlice } from './quota-slice.ts';
import { type Environment, withoutEmpty } from './read-environment.ts';
import { MAX_TIMER_MS } from './variable.ts';

/** A model as batches name it. */
export interface NamedModel {
  alias: string;
  /** Provider, model and account: aliases that share them share a quota. The first alias names it. */
  pool: string;
  model: ModelConfig;
  quota: QuotaConfig;
  /** Calls on the wire at once, in the whole fleet. */
  concurrency?: number;
  /** Of one call; default: `AI_TIMEOUT_MS`. */
  timeoutMs?: number;
}

/** Every model of the fleet. `default` is always among them, and first. */
export interface ModelCatalogue {
  models: readonly NamedModel[];
  /** What a batch is made with that names no model, and in their order those that make what it cannot. */
  defaultAlias: string;
  fallbackAliases: readonly string[];
}

const DEFAULT_MODELS = 'STUDIO_DEFAULT_MODELS';

/** Names of pools are parts of names in Redis, and of BullMQ's queues. */
const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const MOST_ALIAS = 64;
const PROVIDER = /^[a-z][a-z0-9-]{0,39}$/;

const number = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .int(`must be a whole number`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

const Entry = z.strictObject({
  provider: z.string('is required').regex(PROVIDER, 'must be the name of a provider'),
  model: ModelName,
  baseUrl: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  keyVariable: z
    .string()
    .regex(
      /^[A-Z][A-Z0-9_]{0,99}$/,
      'must be the name of a variable that holds the key, never the key itself',
    )
    .optional(),
  callsPerMinute: number(1, MAX_CALLS_PER_MINUTE).default(60),
  callsPerDay: number(1).optional(),
  usdPer10Minutes: z.number().positive('must be a positive amount of US dollars').optional(),
  concurrency: number(1, 1000).optional(),
  timeoutMs: number(1000, MAX_TIMER_MS).optional(),
  price: z
    .union([z.enum(['list', 'answer']), z.number().min(0).max(100)], {
      error: 'must be "list", "answer" or dollars per picture (0: free)',
    })
    .default('list'),
  mostUsdPerCall: z.number().positive().max(100).optional(),
  abilities: z
    .strictObject({
      photos: number(1, 16).optional(),
      largest: z.enum(['1K', '2K', '4K'], 'must be 1K, 2K or 4K').optional(),
      ratios: z
        .array(z.string().regex(/^\d+:\d+$/, 'must be like 4:5'))
        .min(1)
        .optional(),
      transparency: z.boolean().optional(),
      batches: z.boolean().optional(),
    })
    .default({}),
  quality: z.enum(['low', 'medium', 'high', 'auto']).optional(),
});
type Entry = z.infer<typeof Entry>;

const Alias = z.string().max(MOST_ALIAS).regex(ALIAS, 'must be a plain name, e.g. "flux" or "openai/fast"');
const Catalogue = z
  .record(Alias, z.union([Entry, Alias]))
  .refine((all) => Object.entries(all).every(([alias, entry]) => isEntry(entry) || alias === DEFAULT_POOL), {
    message: 'only "default" may name another alias',
  });

/**
 * `STUDIO_MODELS` as a slice of the configuration: JSON, or the path of a file that holds it, of alias → model. Without it there is
 * the one model `default` that the other variables describe; an entry `default` takes its place, as a model or as the alias of
 * another. `keys`: reads the variables that entries name as their keys, for who makes calls. `providers`: those that this process knows.
 */
export function catalogueSlice(env: Environment, options: CatalogueOptions): z.ZodType<ModelCatalogue> {
  return z.unknown().transform((_, context) => {
    const given = withoutEmpty(env);
    // What is wrong with these is told by their own slices.
    const model = (options.keys ? modelSlice(env) : modelChoiceSlice(env)).safeParse(given).data;
    const quota = quotaSlice(env).safeParse(given).data;
    const read = readCatalogue(given, model && quota && { model, quota }, options);
    if ('catalogue' in read) return read.catalogue;
    const { fault, variable = 'STUDIO_MODELS' } = read;
    context.addIssue({ code: 'custom', path: [variable], message: fault });
    return z.NEVER;
  });
}

export interface CatalogueOptions {
  keys: boolean;
  providers?: readonly string[] | undefined;
}

/** What the process itself is configured with: the model without `STUDIO_MODELS`. */
interface OwnModel {
  model: ModelConfig;
  quota: QuotaConfig;
}

function readCatalogue(
  given: Record<string, string>,
  own: OwnModel | undefined,
  { keys, providers }: CatalogueOptions,
): { catalogue: ModelCatalogue } | { fault: string; variable?: string } {
  const read = readJson(given.STUDIO_MODELS);
  if ('fault' in read) return read;
  const parsed = Catalogue.safeParse(read.json);
  if (!parsed.success) return { fault: parsed.error.issues.map(wordsOf).join('; ') };
  const entries = parsed.data;
  const faults: string[] = [];
  const models: NamedModel[] = [];
  const pools = new Map<string, string>();
  const join = (alias: string, account: string): string => {
    const pool = pools.get(account) ?? alias;
    pools.set(account, pool);
    return pool;
  };
  const add = (alias: string, entry: Entry, of = alias) => {
    const { provider, keyVariable, baseUrl = '' } = entry;
    if (providers && !providers.includes(provider)) {
      faults.push(`${of}.provider is "${provider}", but known are ${providers.join(', ')}`);
    }
    if (keys && keyVariable !== undefined && given[keyVariable] === undefined) {
      faults.push(`${of}.keyVariable names ${keyVariable}, which is not set`);
    }
    if (provider === 'openai-images' && baseUrl !== '' && entry.price === 'list') {
      faults.push(`${of}.price is required with a baseUrl: dollars per picture, 0 for a server of your own`);
    }
    const pool = join(alias, accountOf(provider, entry.model, baseUrl, keyVariable));
    models.push(toModel(alias, pool, entry, keys ? given[keyVariable ?? ''] : undefined));
  };

  const chosen = entries[DEFAULT_POOL];
  const defaultAlias = typeof chosen === 'string' ? chosen : DEFAULT_POOL;
  const first = entries[defaultAlias];
  if (chosen === undefined) {
    if (own)
      models.push({ alias: DEFAULT_POOL, pool: join(DEFAULT_POOL, ownAccount(given, own.model)), ...own });
  } else if (isEntry(first)) add(DEFAULT_POOL, first, defaultAlias);
  if (typeof chosen === 'string' && !isEntry(first))
    faults.push(`default names ${chosen}, which is not described`);
  for (const [alias, entry] of Object.entries(entries))
    if (alias !== DEFAULT_POOL && isEntry(entry)) add(alias, entry);
  if (faults.length > 0) return { fault: [...new Set(faults)].join('; ') };
  return inOrder(models, defaultAlias, given.STUDIO_DEFAULT_MODELS);
}

/** The fleet's own order of models, for batches that name none: the first is their default, the others its fallbacks. */
function inOrder(
  models: NamedModel[],
  defaultAlias: string,
  order: string | undefined,
): { catalogue: ModelCatalogue } | { fault: string; variable: string } {
  const [first = defaultAlias, ...fallbackAliases] = (order ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const names = [first, ...fallbackAliases];
  const known = models.map(({ alias }) => alias);
  const unknown = names.find((name) => !known.includes(name) && name !== defaultAlias);
  const say = (what: string) => ({ fault: what, variable: DEFAULT_MODELS });
  if (unknown !== undefined) return say(`names ${unknown}, but STUDIO_MODELS has ${known.join(', ')}`);
  if (new Set(names).size < names.length) return say('must not name a model twice');
  if (names.length > MAX_MODELS_PER_BATCH) return say(`may name ${MAX_MODELS_PER_BATCH} models at most`);
  return { catalogue: { models, defaultAlias: first, fallbackAliases } };
}

/** The model that batches get which name none. */
export function ofDefault({ models: [first] }: ModelCatalogue): Pick<NamedModel, 'model' | 'quota'> {
  if (!first) throw new Error('a catalogue has a default model');
  return { model: first.model, quota: first.quota };
}

function isEntry(entry: unknown): entry is Entry {
  return typeof entry === 'object' && entry !== null;
}

function readJson(text: string | undefined): { json: unknown } | { fault: string } {
  if (text === undefined) return { json: {} };
  const isPath = !text.startsWith('{');
  try {
    return { json: JSON.parse(isPath ? readFileSync(text, 'utf8') : text) };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { fault: `${isPath ? `(${text}) ` : ''}must hold JSON: ${error.message}` };
    return { fault: `must be JSON, or the path of a file: ${text.slice(0, 100)} cannot be read` };
  }
}

/** `flux.callsPerMinute must be at least 1`. Values are not shown: somebody may have pasted a key. */
function wordsOf(issue: z.core.$ZodIssue): string {
  // Of a union that nothing fits, what is wrong with the entry is meant.
  if (issue.code === 'invalid_union' && issue.path.length === 1) {
    const [ofEntry] = issue.errors;
    if (ofEntry && ofEntry.length > 0) {
      return ofEntry.map((inner) => wordsOf({ ...inner, path: [...issue.path, ...inner.path] })).join('; ');
    }
  }
  const where = issue.path.join('.');
  if (issue.code === 'invalid_key') return `${where} ${issue.issues[0]?.message ?? issue.message}`;
  if (issue.code === 'unrecognized_keys') return `${where} has unknown fields: ${issue.keys.join(', ')}`;
  return `${where} ${issue.message}`.trim();
}

function toModel(alias: string, pool: string, entry: Entry, apiKey: string | undefined): NamedModel {
  const { abilities, price, mostUsdPerCall } = entry;
  const isOpenai = entry.provider === 'openai-images';
  const isOwnOpenai = isOpenai && entry.baseUrl !== undefined;
  return defined({
    alias,
    pool,
    model: defined({
      engine: entry.provider,
      defaultModel: entry.model,
      largest: abilities.largest ?? (isOwnOpenai ? '1K' : undefined),
      maxInputImages: abilities.photos ?? (isOwnOpenai ? 1 : undefined),
      aspectRatios: abilities.ratios,
      takesAlpha: abilities.transparency,
      batches: abilities.batches ?? (isOpenai && !isOwnOpenai ? true : undefined),
      usdPerPicture: typeof price === 'number' ? price : undefined,
      mostUsdPerCall: mostUsdPerCall ?? (price === 'answer' ? MOST_USD_PER_CALL : undefined),
      baseUrl: addressOf(entry),
      quality: entry.quality,
      apiKey,
    }),
    quota: defined({
      callsPerMinute: entry.callsPerMinute,
      callsPerDay: entry.callsPerDay,
      spendPer10MinUsd: entry.usdPer10Minutes,
      spendLimitName:
        entry.usdPer10Minutes === undefined ? undefined : `usdPer10Minutes of ${alias} in STUDIO_MODELS`,
    }),
    concurrency: entry.concurrency,
    timeoutMs: entry.timeoutMs,
  });
}

/** Many write OpenAI's address with `/v1`, as its own libraries want it. */
function addressOf({ provider, baseUrl }: Entry): string | undefined {
  if (baseUrl === undefined) return undefined;
  return provider === 'openai-images' ? withoutV1(baseUrl) : baseUrl.replace(/\/+$/, '');
}

/** The variables that hold key and address of the model that is configured without `STUDIO_MODELS`. */
const OWN_VARIABLES: Record<string, { key: string; address: string }> = {
  gemini: { key: 'GEMINI_API_KEY', address: 'GEMINI_BASE_URL' },
  'openai-images': { key: 'OPENAI_API_KEY', address: 'OPENAI_BASE_URL' },
  openrouter: { key: 'OPENROUTER_API_KEY', address: 'OPENROUTER_BASE_URL' },
};

/** By what is written, not by what a process makes of it: the API, which makes no calls, has to come to the same pools as a worker. */
function ownAccount(given: Record<string, string>, { engine, defaultModel }: ModelChoice): string {
  const own = OWN_VARIABLES[engine];
  return accountOf(engine, defaultModel, given[own?.address ?? ''], own?.key);
}

function accountOf(provider: string, model = '', address = '', keyVariable = ''): string {
  return [provider, model, address.replace(/(\/v1)?\/*$/, ''), keyVariable].join(' ');
}
