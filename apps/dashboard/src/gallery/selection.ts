import type { SkuList } from '../state/sku-list.ts';

/** Which SKUs are chosen for a deed: some by their code, or all that the filter leaves. */
export interface Selection {
  codes: ReadonlySet<string>;
  isAll: boolean;
  /** Where a range begins: the place that was chosen last. */
  anchor: number | null;
}

export const NOTHING: Selection = { codes: new Set(), isAll: false, anchor: null };

export function isSelected(selection: Selection, sku: string): boolean {
  return selection.isAll || selection.codes.has(sku);
}

/** How many are chosen, of a list of `count`. */
export function countOf(selection: Selection, count: number): number {
  return selection.isAll ? count : selection.codes.size;
}

/** Chooses one more, or one less; after everything was chosen, it begins anew. */
export function toggle(selection: Selection, list: SkuList, position: number): Selection {
  const sku = list.at(position)?.sku;
  if (sku === undefined || selection.isAll) return { ...NOTHING, anchor: position };
  const codes = new Set(selection.codes);
  if (!codes.delete(sku)) codes.add(sku);
  return { codes, isAll: false, anchor: position };
}

/** Adds everything between the anchor and `position`, as far as it has been read. */
export function extendTo(selection: Selection, list: SkuList, position: number): Selection {
  const anchor = selection.anchor ?? position;
  const codes = new Set(selection.codes);
  for (let at = Math.min(anchor, position); at <= Math.max(anchor, position); at += 1) {
    const sku = list.at(at)?.sku;
    if (sku !== undefined) codes.add(sku);
  }
  return { codes, isAll: false, anchor };
}
