import type { SkuList } from '../state/sku-list.ts';

/** The card that the keyboard is at: its place in the list, and the SKU that stood there. */
export interface Cursor {
  position: number;
  /** Unknown while its page is on the way. */
  sku: string | undefined;
}

/** How far a SKU is looked for when the list has changed around it. */
const REACH = 200;

/** Where the cursor stands in the list as it is now: with its SKU if that is near, else at the same place. */
export function followCursor(list: SkuList, cursor: Cursor): Cursor {
  const { sku } = cursor;
  if (sku !== undefined && list.at(cursor.position)?.sku !== sku) {
    for (let step = 1; step <= REACH; step += 1) {
      for (const position of [cursor.position - step, cursor.position + step]) {
        if (list.at(position)?.sku === sku) return { position, sku };
      }
    }
  }
  return cursorAt(list, cursor.position);
}

/** The cursor at a position, or at the nearest that there is. */
export function cursorAt(list: SkuList, position: number): Cursor {
  const place = Math.max(0, Math.min(position, list.count - 1));
  return { position: place, sku: list.at(place)?.sku };
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
