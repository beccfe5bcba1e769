import { createStore } from '../state/store.ts';

const SLOT = 'image-studio.letter-keys';

/** Whether single letters do something: people who speak to their computer turn them off (WCAG 2.1.4). */
export const letterKeys = createStore(localStorage.getItem(SLOT) !== 'off');

/** Turns them on or off, here and for the next visit. */
export function setLetterKeys(on: boolean): void {
  localStorage.setItem(SLOT, on ? 'on' : 'off');
  letterKeys.set(on);
}
