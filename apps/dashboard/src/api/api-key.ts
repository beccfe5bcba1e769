import { createStore } from '../state/store.ts';

const SLOT = 'image-studio.api-key';

/** The key of this tab. Kept in the session storage: it goes when the tab goes, and is never part of an address. */
export const apiKey = {
  get: (): string | null => sessionStorage.getItem(SLOT),
  set: (key: string): void => sessionStorage.setItem(SLOT, key),
};

/** Whether the API has refused the key, or its absence: then the page asks for one. */
export const keyWanted = createStore(false);
