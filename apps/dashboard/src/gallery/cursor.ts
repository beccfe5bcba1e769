import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';

/**
 * What has the ring: a SKU, by its index in the batch; or, while the page with that SKU is on its way, a place in the
 * list, or the first SKU after another one. Nothing but a person moves it from one SKU to the next.
 */
export type Cursor = { index: number } | { position: number } | { after: number };

/** Where the cursor stands in a list; without a `sku` nothing has the ring. */
export interface Place {
  position: number;
  sku: SkuBrief | undefined;
}

/** The cursor in the list as it is now: once it is known which SKU it means, it is at that one. */
export function settle(list: SkuList, cursor: Cursor): Cursor {
  if ('index' in cursor) return cursor;
  const sku = list.at(placeOf(list, cursor).position);
  const isKnown = sku !== undefined && !('after' in cursor && sku.index <= cursor.after);
  if (isKnown) return { index: sku.index };
  // Counts come before what they count: the SKU that was to follow may have left the list by the time that it is read.
  return 'after' in cursor && list.isComplete ? { index: cursor.after } : cursor;
}

export function placeOf(list: SkuList, cursor: Cursor): Place {
  if ('index' in cursor) {
    const position = list.positionOf(cursor.index);
    const sku = list.at(position);
    return { position: inside(list, position), sku: sku?.index === cursor.index ? sku : undefined };
  }
  const position = 'after' in cursor ? list.positionOf(cursor.after + 1) : cursor.position;
  return { position: inside(list, position), sku: undefined };
}

/** The cursor at a position, or at the nearest that there is. */
export function cursorAt(list: SkuList, position: number): Cursor {
  const place = inside(list, position);
  const sku = list.at(place);
  return sku ? { index: sku.index } : { position: place };
}

/** The cursor one SKU further; where there is none further it stays. */
export function cursorAfter(list: SkuList, cursor: Cursor): Cursor {
  if (!('index' in cursor)) return cursor;
  const next = list.at(list.positionOf(cursor.index + 1));
  if (next) return { index: next.index };
  return list.positionOf(cursor.index + 1) < list.count ? { after: cursor.index } : cursor;
}

function inside(list: SkuList, position: number): number {
  return Math.max(0, Math.min(position, list.count - 1));
}

/** Where a key leads from `position`; `null` for keys that lead nowhere. */
export function movedBy(
  key: string,
  position: number,
  grid: { columns: number; rowsPerScreen: number; count: number },
): number | null {
  const { columns, rowsPerScreen, count } = grid;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rowsPerScreen,
    PageDown: columns * rowsPerScreen,
    Home: -position,
    End: count - 1 - position,
  };
  const step = steps[key];
  if (step === undefined) return null;
  const next = position + step;
  // A step up from the first row, or down from the last, stays in its column.
  if (next < 0 || next >= count) return /^Arrow/.test(key) ? position : next < 0 ? 0 : count - 1;
  return next;
}
