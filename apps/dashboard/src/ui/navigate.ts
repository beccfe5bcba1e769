import { createStore, type Store } from '../state/store.ts';

const hash = createStore(globalThis.location?.hash ?? '');

/** The hash of the address: `#/batches/<id>?state=failed`. Follows links, back and forward, and `navigate`. */
export const addressHash: Pick<Store<string>, 'get' | 'subscribe'> = hash;

/** Goes to `to`, a hash such as `#/new`: as a new entry of the history, or in place of the present one. */
export function navigate(to: string, { replace = false, state = null as unknown } = {}): void {
  if (replace) history.replaceState(state, '', to);
  else history.pushState(state, '', to);
  follow();
}

function follow(): void {
  hash.set(location.hash);
}

globalThis.addEventListener?.('popstate', follow);
globalThis.addEventListener?.('hashchange', follow);
