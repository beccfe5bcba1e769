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

type LoadPage = (hash: string) => Promise<void> | null;
let loadPage: LoadPage = () => null;

/** What fetches the code of a page. Until it is there, the page before stays, and nothing flickers. */
export function loadPagesWith(load: LoadPage): void {
  loadPage = load;
}

function follow(): void {
  const arrive = (): void => hash.set(location.hash);
  const loading = loadPage(location.hash);
  // A page that cannot be had says so itself.
  if (loading) void loading.then(arrive, arrive);
  else arrive();
}

globalThis.addEventListener?.('popstate', follow);
globalThis.addEventListener?.('hashchange', follow);
