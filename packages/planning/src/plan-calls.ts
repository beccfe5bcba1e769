import type {
  BatchOptions,
  BatchPlan,
  CallRequest,
  Redo,
  SecondaryKind,
  SkuInput,
} from '@image-studio/contract';
import { buildPrompt } from './build-prompt.ts';
import { callKeyOf } from './call-key.ts';
import { secondaryKinds } from './secondary-kinds.ts';

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
  /** The call's name in the common ledger, where this tenant's pictures were before each tenant had a ledger of its own. */
  commonKey?: string;
}

export interface PlanContext {
  options: BatchOptions;
  sku: SkuInput;
  plan: BatchPlan;
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
  const { most } = context.plan.photos;
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

/** How the photos of one SKU are prepared. */
export interface InputBudget {
  /** How many of them go to the model. */
  photos: number;
  /** Of each, so that all fit one request. */
  maxBytes: number;
  /** Longer side of each in pixels. */
  maxSide: number;
  keepAlpha: boolean;
}

export function inputBudget(context: PlanContext): InputBudget {
  const { most, maxBytes, maxSide, keepAlpha } = context.plan.photos;
  const wanted = context.options.secondary === false ? 1 : context.sku.images.length;
  const photos = Math.min(wanted, most);
  return { photos, maxBytes: Math.floor(maxBytes / photos), maxSide, keepAlpha };
}

/** Cost of one answered call in US dollars: the upper estimate of its batch's plan. */
export function priceOf({ priceUsd }: BatchPlan, { inputs }: { inputs: { length: number } }): number {
  return priceUsd.call + priceUsd.photo * inputs.length;
}

function planCall<Input extends HasDigest>(
  context: PlanContext,
  kind: CallRequest['kind'],
  slot: string,
  inputs: Input[],
  wording: { prompt?: string | undefined; extraPrompt?: string | undefined },
): SkuCall<Input> {
  const { options, sku, plan } = context;
  const redo = context.redo?.[slot];
  const round = redo?.round ?? 0;
  const { model, aspectRatio, imageSize } = plan;
  const prompt = buildPrompt({
    kind,
    words: plan.words,
    attributes: { sku: sku.sku, ...sku.attributes },
    prompt: redo?.prompt ?? wording.prompt,
    extraPrompt: [wording.extraPrompt, redo?.extraPrompt].filter((words) => words?.trim()).join('\n'),
    faults: redo?.faults,
  });
  const identity = {
    model,
    inputs: inputs.map(({ sha256 }) => sha256),
    prompt,
    aspectRatio,
    imageSize,
    temperature: options.temperature ?? null,
    // Round 0 keeps the name it had before there were rounds: what is paid for stays paid for.
    variant: round === 0 ? slot : `${slot}#${round}`,
  };
  return {
    slot,
    round,
    role: kind === 'main' ? 'main' : 'secondary',
    kind,
    callKey: callKeyOf({ ...identity, scope: plan.scope }),
    ...(plan.scope !== '' && { commonKey: callKeyOf({ ...identity, scope: '' }) }),
    model,
    inputs,
    prompt,
    aspectRatio,
    imageSize,
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(plan.pool !== undefined && { pool: plan.pool }),
  };
}
