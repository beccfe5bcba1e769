import { isDeepStrictEqual } from 'node:util';
import type { BatchOptions, BatchPlan, ImageRecord, Redo, SkuRecord } from '@image-studio/contract';
import { modelPlans, planCalls } from '@image-studio/planning';
import type { SkuEntry } from '@image-studio/queue';

/** How a SKU's pictures were made, and how they are made from now on. */
export interface Remake {
  before: { options: BatchOptions; plan: BatchPlan | null };
  after: { options: BatchOptions; plan: BatchPlan };
}

/**
 * The record of a SKU with those pictures marked that would be made otherwise now: by another call, or finished otherwise. `null` where
 * none would. A picture whose call stays the same is finished anew, and not paid for again: its call is found in the ledger.
 */
export function outdatePictures(entry: SkuEntry, { before, after }: Remake): SkuRecord | null {
  const { record } = entry;
  const isFinishedAlike =
    isDeepStrictEqual(before.options.profile, after.options.profile) &&
    isDeepStrictEqual(before.options.output, after.options.output) &&
    isDeepStrictEqual(before.plan?.photos, after.plan.photos);
  const redo = { ...record.redo };
  let isAny = false;
  const images = record.images.map((image) => {
    const slot = image.slot ?? image.kind;
    const isSameCall = callKeysNow(entry, image, slot, after).includes(image.callKey);
    if (isSameCall && isFinishedAlike) return image;
    isAny = true;
    if (!isSameCall || redo[slot]?.kept) {
      const again = redoFromStart(image, redo[slot]);
      if (again) redo[slot] = again;
      else delete redo[slot];
    }
    return { ...image, outdated: true };
  });
  if (!isAny) return null;
  const { redo: _, ...rest } = record;
  return { ...rest, images, ...(Object.keys(redo).length > 0 && { redo }) };
}

/** The names that the picture's call would have now, by each model that may make it, in the round that it was made in. */
function callKeysNow(
  { input, record }: SkuEntry,
  image: ImageRecord,
  slot: string,
  { options, plan }: Remake['after'],
): string[] {
  const { [slot]: last, ...others } = record.redo ?? {};
  const isOfFirst = last?.kept === true && (image.round ?? 0) === 0;
  const redo = last === undefined || isOfFirst ? others : { ...others, [slot]: last };
  return modelPlans(plan).flatMap((model) => {
    const calls = planCalls({ options, sku: input, plan: model.plan, redo }, image.inputs ?? []);
    return calls.find((call) => call.slot === slot)?.callKey ?? [];
  });
}

/** Words of reviewers and of the checks were about the picture that goes; a photo that a person chose stays chosen. */
function redoFromStart(image: ImageRecord, last: Redo | undefined): Redo | undefined {
  if (last?.photo === undefined) return undefined;
  return { round: Math.max(image.round ?? 0, last.round) + 1, photo: last.photo };
}
