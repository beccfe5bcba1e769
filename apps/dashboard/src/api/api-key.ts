import { createStore } from '../state/store.ts';

const SLOT = 'image-studio.api-key';

/** The key of this browser, until somebody signs out. Never part of an address. One of a tab, from before, still counts there. */
export const apiKey = {
  get: (): string | null => localStorage.getItem(SLOT) ?? sessionStorage.getItem(SLOT),
  set: (key: string): void => localStorage.setItem(SLOT, key),
  forget: (): void => {
    localStorage.removeItem(SLOT);
    sessionStorage.removeItem(SLOT);
  },
};

/** Whether the API has refused the key, or its absence: then the page asks for one. */
export const keyWanted = createStore(false);
