import {
  BatchOptions,
  type OriginalJobRequest,
  OutputFormat,
  PROFILES,
  SecondaryKind,
  type SourceImage,
  say,
} from '@image-studio/contract';
import { faultsOf } from './http/faults-of.ts';
import type { FaultList } from './submission/fault-list.ts';

type OriginalOptions = Omit<OriginalJobRequest['options'], 'sku_images_map'>;
type OriginalSource = OriginalJobRequest['options']['sku_images_map'][string][number];

/** The profile that the original's jobs are finished by; its size and format stand in for what a job leaves out. */
const PROFILE = 'web';
const MAX_SECONDARY = 8;

/** What a job of the original client means in today's terms; `null` and faults when it means nothing. */
export function toBatchOptions(options: OriginalOptions, faults: FaultList): BatchOptions | null {
  const prompts = {
    ...(options.prompt_override?.trim() && { prompt: options.prompt_override }),
    ...(options.extra_prompt?.trim() && { extraPrompt: options.extra_prompt }),
  };
  // The original ran main and secondary pictures with a pool each, one after the other; a batch has one bound for both.
  const pools = [
    (options.do_main ?? true) && options.max_workers_main,
    (options.do_secondary ?? false) && options.max_workers_secondary,
  ].filter((size) => typeof size === 'number');
  const language = options.use_english == null ? undefined : options.use_english ? 'en' : 'zh';
  const parsed = BatchOptions.safeParse({
    profile: PROFILE,
    main: (options.do_main ?? true) && (Object.keys(prompts).length === 0 || prompts),
    secondary: (options.do_secondary ?? false) && {
      ...readTemplates(options.templates),
      ...extraOf(prompts),
    },
    output: toOutput(options, faults),
    temperature: options.temperature ?? undefined,
    language,
    concurrency: pools.length > 0 ? Math.min(...pools) : undefined,
    model: options.model ?? undefined,
  });
  if (parsed.success) return parsed.data;
  faults.add(...faultsOf(parsed.error, ['options']));
  return null;
}

/** The original named photos by `name` and results by `stem`; empty texts mean that there is none. */
export function toSourceImage({ url, name, stem }: OriginalSource): SourceImage {
  return { url, ...(name && { name }), ...(stem && { stem }) };
}

/** An override replaces the main picture's prompt only; extra wishes hold for every picture of the SKU. */
function extraOf(prompts: { extraPrompt?: string }): { extraPrompt?: string } {
  return prompts.extraPrompt === undefined ? {} : { extraPrompt: prompts.extraPrompt };
}

function toOutput(options: OriginalOptions, faults: FaultList): BatchOptions['output'] {
  const { target_width: width, target_height: height } = options;
  const asked = options.output_format?.trim().toLowerCase() || undefined;
  if (width == null && height == null && asked === undefined) return undefined;
  const profile = PROFILES.find(({ id }) => id === PROFILE);
  if (profile === undefined) throw new Error(`there is no profile "${PROFILE}"`);
  const format = OutputFormat.safeParse(asked === 'jpg' ? 'jpeg' : (asked ?? profile.format));
  if (!format.success) {
    faults.add({ path: 'options.output_format', ...say`must be one of ${'webp, jpg, jpeg, png, avif'}` });
    return undefined;
  }
  // One side alone means a square, which is what listings are.
  return {
    width: width ?? height ?? profile.width,
    height: height ?? width ?? profile.height,
    format: format.data,
  };
}

/**
 * The original's templates are any JSON. Recognised: kinds by name, as list elements, as keys, or in a field `kind`,
 * `type`, `name` or `id`; and a prompt, when all templates share one. Otherwise their number is what counts.
 */
function readTemplates(templates: unknown): { kinds?: SecondaryKind[]; count?: number; prompt?: string } {
  if (typeof templates !== 'object' || templates === null) return {};
  const entries = Array.isArray(templates)
    ? templates.map((value: unknown) => ({ names: namesIn(value), value }))
    : Object.entries(templates).map(([key, value]) => ({
        names: [key, ...namesIn(value)],
        value: value as unknown,
      }));
  const kinds = new Set(entries.flatMap(({ names }) => names.flatMap((name) => toKind(name) ?? [])));
  const prompts = new Set(entries.flatMap(({ value }) => promptIn(value) ?? []));
  const [prompt] = prompts;
  return {
    ...(kinds.size > 0
      ? { kinds: [...kinds].slice(0, MAX_SECONDARY) }
      : entries.length > 0 && { count: Math.min(entries.length, MAX_SECONDARY) }),
    ...(prompts.size === 1 && prompt !== undefined && { prompt }),
  };
}

function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { kind, type, name, id } = value as Record<string, unknown>;
  return [kind, type, name, id].filter((field) => typeof field === 'string');
}

function toKind(name: string): SecondaryKind | null {
  return (
    SecondaryKind.safeParse(
      name
        .trim()
        .toLowerCase()
        .replace(/[\s_]+/g, '-'),
    ).data ?? null
  );
}

function promptIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { prompt, template, text } = value as Record<string, unknown>;
  const found = [prompt, template, text].find((field) => typeof field === 'string' && field.trim() !== '');
  return typeof found === 'string' ? found : null;
}
