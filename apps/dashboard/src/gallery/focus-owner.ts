/** Where the focus went: into the area around the grid, into a dialog of another part of the page, beside both, or off. */
export type FocusPlace = 'area' | 'dialog' | 'beside' | 'off';

/**
 * Whether the focus is the area's to give once nothing has it, after it went to `place`. What stood in the area may be
 * drawn anew, or go with what it offered: a card, a way back in a toast, a dialog. A dialog of another part of the page
 * only borrows it. Whoever turned to another part, or clicked on nothing (`off`), has left.
 */
export function ownsFocus(owned: boolean, place: FocusPlace): boolean {
  return place === 'dialog' ? owned : place === 'area';
}

/** Where `target` is; `area` holds the grid, its tools, its toasts and its own dialogs. */
export function focusPlace(target: Element, area: Element | null): FocusPlace {
  if (area?.contains(target)) return 'area';
  return target.closest('dialog') ? 'dialog' : 'beside';
}
