import { type DroppedTry, dropPicture, type ImageRecord, type SkuRecord } from '@image-studio/contract';

/**
 * Puts a picture into its slot; `order` is the plan's order of slots. A picture of an earlier round makes room for it, unless
 * the checks alone asked for another one and the earlier picture fails fewer checks. The listed picture bears the cost of both.
 */
export function listPicture(record: SkuRecord, image: ImageRecord, order: readonly string[]): void {
  const slot = image.slot ?? image.kind;
  const earlier = record.images.find((one) => one.slot === slot);
  const redo = record.redo?.[slot];
  // A picture that was placed by hand is another picture of the same call.
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
 * The batch has been changed since `earlier` was made: earlier tries are marked as outdated, and their cost is no part of the
 * listed picture's. When the new picture comes from a call that was paid for before the change, that call's cost counts again.
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

/** When the batch has gone back to a call and lists it once more, its cost counts once. */
function withTry(listed: ImageRecord, dropped: ImageRecord): ImageRecord {
  const all = [...(listed.tries ?? []), ...dropPicture(dropped)];
  const again = all.filter(
    (one, place) => isSameCall(one, listed) || all.slice(place + 1).some((later) => isSameCall(one, later)),
  );
  const costUsd = again.reduce((left, one) => left - one.costUsd, listed.costUsd + dropped.costUsd);
  return { ...listed, costUsd, tries: all.filter((one) => !again.includes(one)) };
}

/** A picture that a person has placed anew is another picture of the same call. */
function isSameCall(one: DroppedTry, other: DroppedTry | ImageRecord): boolean {
  const placed = 'picture' in other ? other.picture?.adjustment : (other as ImageRecord).adjustment;
  return one.callKey === other.callKey && !one.picture?.adjustment && !placed;
}

function failuresOf({ checks }: ImageRecord): number {
  return checks.filter(({ pass }) => !pass).length;
}

/** Slots that the plan does not know come last. */
function placeOf({ slot = '' }: ImageRecord, order: readonly string[]): number {
  const place = order.indexOf(slot);
  return place < 0 ? order.length : place;
}
