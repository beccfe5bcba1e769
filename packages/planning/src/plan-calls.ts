import {
  type BatchOptions,
  type CallRequest,
  imagesPerSku,
  type Redo,
  SecondaryKind,
  type SkuInput,
} from '@image-studio/contract';
import { buildPrompt } from './build-prompt.ts';
import { callKeyOf } from './call-key.ts';
import type { ModelTraits } from './model-traits.ts';
import { captionsGoBelow } from './plan-captions.ts';
import { askFor, planOutput } from './plan-output.ts';

/** Whatever names a prepared photo by its content. */
export interface HasDigest {
  sha256: string;
}

/** A call of one SKU and the place of its picture in the listing. */
export interface SkuCall<Input extends HasDigest> extends Omit<CallRequest, 'inputs'> {
  inputs: Input[];
  /** `main`, `detail`, `detail-2` …; also part of the file name. */
  slot: string;
  /** 0 for the first picture of the slot. */
  round: number;
}

export interface PlanContext {
  options: BatchOptions;
  sku: SkuInput;
  model: ModelTraits;
  /** By slot: which of its pictures are wanted anew. */
  redo?: Record<string, Redo> | undefined;
}

/** The main picture is made from the main photo alone. */
export function planMainCall<Input extends HasDigest>(context: PlanContext, input: Input): SkuCall<Input> {
  const { main } = context.options;
  return planCall(context, 'main', 'main', [input], typeof main === 'object' ? main : {});
}

/**
 * The secondary pictures in a stable order, each made from the source photos, never from the generated main one:
 * models drift when they edit their own output.
 */
export function planSecondaryCalls<Input extends HasDigest>(
  context: PlanContext,
  inputs: Input[],
): SkuCall<Input>[] {
  const { secondary } = context.options;
  if (secondary === false) return [];
  const most = context.model.capabilities(modelOf(context)).maxInputImages;
  return secondarySlots(context.options).map(({ kind, slot }) =>
    planCall(context, kind, slot, inputs.slice(0, most), {
      prompt: secondary.prompts?.[kind] ?? secondary.prompt,
      extraPrompt: secondary.extraPrompt,
    }),
  );
}

/** Every call of a SKU in the order of the listing. Without inputs there is nothing to make a main picture of. */
export function planCalls<Input extends HasDigest>(context: PlanContext, inputs: Input[]): SkuCall<Input>[] {
  const main = context.options.main === false ? [] : inputs.slice(0, 1);
  return [...main.map((input) => planMainCall(context, input)), ...planSecondaryCalls(context, inputs)];
}

/** The slots of a SKU's pictures in the order of the listing. */
export function plannedSlots(options: BatchOptions): string[] {
  const secondary = secondarySlots(options).map(({ slot }) => slot);
  return options.main === false ? secondary : ['main', ...secondary];
}

function secondarySlots(options: BatchOptions): { kind: SecondaryKind; slot: string }[] {
  const seen = new Map<string, number>();
  return secondaryKinds(options).map((kind) => {
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    return { kind, slot: nth === 1 ? kind : `${kind}-${nth}` };
  });
}

/** The kinds asked for, or, for a bare count, the kinds in the order of the contract, from the start again. */
export function secondaryKinds(options: BatchOptions): SecondaryKind[] {
  if (options.secondary === false) return [];
  const kinds = options.secondary.kinds ?? SecondaryKind.options;
  const count = imagesPerSku({ ...options, main: false });
  return Array.from({ length: count }, (_, position) => kinds[position % kinds.length] as SecondaryKind);
}

/** How many of a SKU's photos go to the model, how large each may be so that all fit one request, and with alpha or not. */
export function inputBudget(context: PlanContext): { photos: number; maxBytes: number; keepAlpha: boolean } {
  const { maxInputImages, requestMaxBytes, takesAlpha } = context.model.capabilities(modelOf(context));
  const wanted = context.options.secondary === false ? 1 : context.sku.images.length;
  const photos = Math.min(wanted, maxInputImages);
  return { photos, maxBytes: Math.floor(requestMaxBytes / photos), keepAlpha: takesAlpha };
}

export function modelOf({ options, model }: PlanContext): string {
  return options.model !== undefined && model.engine !== 'local' ? options.model : model.defaultModel;
}

function planCall<Input extends HasDigest>(
  context: PlanContext,
  kind: CallRequest['kind'],
  slot: string,
  inputs: Input[],
  wording: { prompt?: string | undefined; extraPrompt?: string | undefined },
): SkuCall<Input> {
  const { options, sku } = context;
  const redo = context.redo?.[slot];
  const round = redo?.round ?? 0;
  const model = modelOf(context);
  const output = planOutput(options);
  const { aspectRatio, imageSize } = askFor(output, context.model.capabilities(model));
  const prompt = buildPrompt({
    kind,
    captionsBelow: captionsGoBelow(output),
    language: options.language,
    attributes: { sku: sku.sku, ...sku.attributes },
    prompt: redo?.prompt ?? wording.prompt,
    extraPrompt: wording.extraPrompt,
    faults: redo?.faults,
  });
  const callKey = callKeyOf({
    model,
    inputs: inputs.map(({ sha256 }) => sha256),
    prompt,
    aspectRatio,
    imageSize,
    temperature: options.temperature ?? null,
    // Round 0 keeps the name it had before there were rounds: what is paid for stays paid for.
    variant: round === 0 ? slot : `${slot}#${round}`,
  });
  return {
    slot,
    round,
    role: kind === 'main' ? 'main' : 'secondary',
    kind,
    callKey,
    model,
    inputs,
    prompt,
    aspectRatio,
    imageSize,
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
  };
}
