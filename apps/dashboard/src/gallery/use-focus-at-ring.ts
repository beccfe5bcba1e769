import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Place } from './cursor.ts';
import { type FocusPlace, focusPlace, ownsFocus } from './focus-owner.ts';

/** What the focus comes back from to the grid. */
const AREA = '.review-area';

/**
 * Keeps focus and ring together in the grid in `box`. When the keyboard has moved the ring (`tick`), the focus follows.
 * When what had the focus is no longer there (a card that was drawn anew elsewhere, a dialog, a button that is over),
 * the card with the ring has it: at once, or as soon as there is that card. A ring that was on the screen stays on it.
 */
export function useFocusAtRing(box: RefObject<HTMLElement | null>, place: Place, tick: number): void {
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  // Looking costs a layout of the page; behind the screen of a SKU nothing asks.
  const wasSeen = hadFocus && isOnScreen(ringIn(box.current));
  const lastTick = useRef(tick);
  const sku = useRef<string | undefined>(undefined);
  sku.current = place.sku?.sku;
  const isOwned = useLostFocus(box, () => focusRing(box.current, sku.current));
  useLayoutEffect(() => {
    const isMoved = lastTick.current !== tick;
    lastTick.current = tick;
    const isHere = box.current?.contains(document.activeElement) || (isOwned() && isNothingFocused());
    const cell = cellOf(box.current, sku.current);
    if (!cell) return;
    if (isMoved || isHere) focusRing(box.current, sku.current);
    if (isMoved || (wasSeen && !isOnScreen(cell))) cell.scrollIntoView({ block: 'nearest' });
  });
}

/** Calls `give` when the area has lost the focus to nothing; returns whether it would be the area's to give. */
function useLostFocus(box: RefObject<HTMLElement | null>, give: () => void): () => boolean {
  const owned = useRef(false);
  useEffect(() => {
    const area = box.current?.closest(AREA) ?? null;
    const goTo = (to: FocusPlace): void => {
      owned.current = ownsFocus(owned.current, to);
    };
    const onFocus = ({ target }: FocusEvent): void => {
      if (target instanceof Element) goTo(focusPlace(target, area));
    };
    // By the end of a click on nothing, nothing has the focus; what a click takes away is still there then.
    const onMouseUp = ({ target }: MouseEvent): void => {
      const isInDialog = target instanceof Element && target.closest('dialog') !== null;
      if (isNothingFocused() && !isInDialog) goTo('off');
    };
    // The browser tells nobody when it takes away what had the focus.
    const changes = new MutationObserver(() => {
      if (owned.current && isNothingFocused()) give();
    });
    if (area) changes.observe(area, { childList: true, subtree: true });
    if (area?.contains(document.activeElement)) goTo('area');
    document.addEventListener('focusin', onFocus);
    document.addEventListener('mouseup', onMouseUp, true);
    return () => {
      changes.disconnect();
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('mouseup', onMouseUp, true);
    };
  }, []);
  return () => owned.current;
}

function isNothingFocused(): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body;
}

/** The card with the ring, if `sku` stands there: another one must not get what was not meant for it. */
function cellOf(box: HTMLElement | null, sku: string | undefined): HTMLElement | null {
  const cell = ringIn(box);
  return cell?.dataset.sku === sku ? cell : null;
}

/** Gives it the focus; behind a dialog the browser refuses. */
function focusRing(box: HTMLElement | null, sku: string | undefined): void {
  const cell = cellOf(box, sku);
  if (cell && document.activeElement !== cell) cell.focus({ preventScroll: true });
}

/** The card with the ring; while no SKU has it, the place that it will come to. */
export function ringIn(box: ParentNode | null): HTMLElement | null {
  return box?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]') ?? null;
}

/** Whether the picture that the card is about has come: the last one in it. */
export function isDrawn(cell: HTMLElement | null): boolean {
  return [...(cell?.querySelectorAll('img') ?? [])].at(-1)?.complete ?? true;
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
