import type { SkuList } from '../state/sku-list.ts';

/** Which SKUs are chosen for an action, by their codes: what comes later is not among them. */
export interface Selection {
  codes: ReadonlySet<string>;
  /** Where a range begins: the index of the SKU that was chosen last. */
  anchor: number | null;
}

export const NOTHING: Selection = { codes: new Set(), anchor: null };

/** Chooses one more, or one less. */
export function toggle(selection: Selection, list: SkuList, position: number): Selection {
  const sku = list.at(position);
  if (sku === undefined) return { ...selection, anchor: null };
  const codes = new Set(selection.codes);
  if (!codes.delete(sku.sku)) codes.add(sku.sku);
  return { codes, anchor: sku.index };
}

/** Adds everything between the anchor and `position`, as far as it has been read. */
export function extendTo(selection: Selection, list: SkuList, position: number): Selection {
  const [first, last] = rangeTo(selection, list, position);
  const codes = new Set(selection.codes);
  for (let at = first; at <= last; at += 1) {
    const sku = list.at(at)?.sku;
    if (sku !== undefined) codes.add(sku);
  }
  return { codes, anchor: selection.anchor ?? list.at(position)?.index ?? null };
}

/** First and last position of a range from the anchor to `position`. */
export function rangeTo({ anchor }: Selection, list: SkuList, position: number): [number, number] {
  const from = anchor === null ? position : list.positionOf(anchor);
  return [Math.min(from, position), Math.max(from, position)];
}
