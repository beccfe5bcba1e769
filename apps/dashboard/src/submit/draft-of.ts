import type { BatchView, SkuView } from '@image-studio/contract';
import type { Draft } from './draft.ts';
import { FIRST_OPTIONS, type FormOptions } from './form/form-options.ts';

/** The form as it would be filled in for a batch like `batch`, with its SKUs. */
export function draftOf(batch: BatchView, skus: readonly SkuView[]): Draft {
  const text = JSON.stringify(
    skus.map(({ sku, sources = [], attributes }) => ({
      sku,
      // The main photo first, as it was chosen: their names then decide nothing.
      images: [...sources]
        .sort((a, b) => Number(b.isMain) - Number(a.isMain))
        .map(({ url, name }) => ({ url, name })),
      photoOrder: 'given',
      ...(attributes && { attributes }),
    })),
    null,
    1,
  );
  return { source: { text, file: null }, choice: {}, options: optionsOf(batch) };
}

function optionsOf({ name, budgetUsd, made }: BatchView): FormOptions {
  const { main, secondary, profile, language, model, models, lane, sample, compare, concurrency, output } =
    (made?.options ?? {}) as {
      main?: boolean | { prompt?: string; extraPrompt?: string };
      secondary?: false | { kinds?: string[]; prompt?: string; extraPrompt?: string };
      profile?: unknown;
      language?: 'en' | 'zh';
      model?: string;
      sample?: number;
      compare?: string[];
      lane?: FormOptions['lane'];
      models?: string[];
      concurrency?: number;
      output?: { width?: number; height?: number; format?: string };
    };
  const words = typeof main === 'object' ? main : {};
  const more = secondary || {};
  return {
    ...FIRST_OPTIONS,
    name: name ?? '',
    ...(typeof profile === 'string' && { profile }),
    main: main !== false,
    mainPrompt: words.prompt ?? '',
    extraPrompt: words.extraPrompt ?? more.extraPrompt ?? '',
    kinds: made?.kinds.filter((kind) => kind !== 'main') ?? [],
    secondaryPrompt: more.prompt ?? '',
    language: language ?? 'en',
    model: model ?? models?.[0] ?? '',
    models: models ?? [],
    // Its deadline is over, or soon will be.
    lane: lane ?? 'interactive',
    budgetUsd: budgetUsd === null ? '' : String(budgetUsd),
    sample: sample === undefined ? '' : String(sample),
    compare: compare ?? [],
    concurrency: concurrency === undefined ? '' : String(concurrency),
    ...(output && {
      ownOutput: true,
      width: String(output.width ?? FIRST_OPTIONS.width),
      height: String(output.height ?? FIRST_OPTIONS.height),
      format: output.format ?? FIRST_OPTIONS.format,
    }),
  };
}
