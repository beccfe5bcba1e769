import { createStore, type Store } from '../state/store.ts';

const hash = createStore(globalThis.location?.hash ?? '');

/** The hash of the address: `#/batches/<id>?state=failed`. Follows links, back and forward, and `navigate`. */
export const addressHash: Pick<Store<string>, 'get' | 'subscribe'> = hash;

/** Goes to `to`, a hash such as `#/new`: as a new entry of the history, or in place of the present one. */
export function navigate(to: string, { replace = false, state = null as unknown } = {}): void {
  try {
    if (replace) history.replaceState(state, '', to);
    else history.pushState(state, '', to);
  } catch {
    // Browsers take so many addresses in so many seconds (Safari: 100 in 30); the page goes there all the same.
  }
  follow(to);
}

type LoadPage = (hash: string) => Promise<void> | null;
let loadPage: LoadPage = () => null;

/** What fetches the code of a page. Until it is there, the page before stays, and nothing flickers. */
export function loadPagesWith(load: LoadPage): void {
  loadPage = load;
}

let latest = '';

function follow(to: string): void {
  latest = to;
  // Not `to`: somebody may have gone on while its page was fetched.
  const arrive = (): void => hash.set(latest);
  const loading = loadPage(to);
  // A page that cannot be had says so itself.
  if (loading) void loading.then(arrive, arrive);
  else arrive();
}

const followAddress = (): void => follow(location.hash);
globalThis.addEventListener?.('popstate', followAddress);
globalThis.addEventListener?.('hashchange', followAddress);
