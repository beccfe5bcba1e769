import { dropPicture, type ImageRecord, type SkuRecord } from '@image-studio/contract';

/**
 * Puts a picture into its slot; `order` is the plan's order of slots. A picture of an earlier round makes room for it,
 * unless nobody but the checks asked for another one and the earlier picture fails fewer checks. What either cost stays
 * on the one that is listed.
 */
export function listPicture(record: SkuRecord, image: ImageRecord, order: readonly string[]): void {
  const slot = image.slot ?? image.kind;
  const earlier = record.images.find((one) => one.slot === slot);
  const redo = record.redo?.[slot];
  // One that was placed by hand is another picture of the same call.
  const isNew =
    earlier !== undefined &&
    (earlier.callKey !== image.callKey || (image.adjustment && (earlier.round ?? 0) !== image.round));
  const keepsEarlier =
    isNew && !earlier?.outdated && redo?.faults !== undefined && failuresOf(earlier) < failuresOf(image);
  const listed = earlier?.outdated
    ? replaceOutdated(image, earlier)
    : !isNew
      ? image
      : keepsEarlier
        ? withTry(earlier, image)
        : withTry(image, earlier);
  if (keepsEarlier) record.redo = { ...record.redo, [slot]: { ...redo, kept: true } };
  const others = record.images.filter((one) => one.slot !== slot);
  record.images = [...others, listed].sort((a, b) => placeOf(a, order) - placeOf(b, order));
}

/**
 * The batch is made otherwise since. What was made before it was is marked, and no part of what its pictures cost now; a call that
 * was paid for before that is one of now again.
 */
function replaceOutdated(image: ImageRecord, { outdated: _, ...earlier }: ImageRecord): ImageRecord {
  const { costUsd, tries = [], callKey } = earlier;
  if (callKey === image.callKey) return { ...image, costUsd, ...(earlier.tries && { tries }) };
  const again = tries.find((one) => one.callKey === image.callKey);
  const others = {
    ...earlier,
    costUsd: costUsd - (again?.costUsd ?? 0),
    tries: tries.filter((one) => one !== again),
  };
  const listed = withTry(again ? { ...image, costUsd: again.costUsd } : image, others);
  return { ...listed, tries: listed.tries?.map((one) => ({ ...one, outdated: true })) };
}

function withTry(listed: ImageRecord, dropped: ImageRecord): ImageRecord {
  const tries = [...(listed.tries ?? []), ...dropPicture(dropped)];
  return { ...listed, costUsd: listed.costUsd + dropped.costUsd, tries };
}

function failuresOf({ checks }: ImageRecord): number {
  return checks.filter(({ pass }) => !pass).length;
}

/** Slots that the plan does not know come last. */
function placeOf({ slot = '' }: ImageRecord, order: readonly string[]): number {
  const place = order.indexOf(slot);
  return place < 0 ? order.length : place;
}
