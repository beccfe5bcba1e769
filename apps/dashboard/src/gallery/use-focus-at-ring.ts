import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Place } from './cursor.ts';

/**
 * Keeps focus and ring together in the grid in `box`. When the keyboard has moved the ring (`tick`), the focus follows;
 * when the list has changed and the browser has lost the focus with a card that was drawn anew elsewhere, it is given
 * back before anybody could press a key. A ring that was on the screen stays on it.
 */
export function useFocusAtRing(box: RefObject<HTMLElement | null>, place: Place, tick: number): void {
  // Asked while drawing: what is drawn may be what takes the focus away.
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  // Looking costs a layout of the page; behind the screen of a SKU nothing asks.
  const wasSeen = hadFocus && isOnScreen(ringIn(box.current));
  const lastTick = useRef(tick);
  useLayoutEffect(() => {
    const isMoved = lastTick.current !== tick;
    lastTick.current = tick;
    const cell = ringIn(box.current);
    // Another SKU that stands there now must not get what was not meant for it.
    if (!cell || cell.dataset.sku !== place.sku?.sku) return;
    if ((isMoved || hadFocus) && document.activeElement !== cell) cell.focus({ preventScroll: true });
    if (isMoved || (wasSeen && !isOnScreen(cell))) cell.scrollIntoView({ block: 'nearest' });
  });
}

/** The card with the ring; while no SKU has it, the place that it will come to. */
export function ringIn(box: ParentNode | null): HTMLElement | null {
  return box?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]') ?? null;
}

/** What stands over the top of the page, as in sku-card.css. */
const COVERED_PX = 120;

/** Whether one can see what is in it: at least its middle is on the screen. */
export function isOnScreen(cell: HTMLElement | null): boolean {
  if (!cell) return false;
  const { top, bottom, height } = cell.getBoundingClientRect();
  const middle = (top + bottom) / 2;
  return height > 0 && middle > COVERED_PX && middle < innerHeight;
}
