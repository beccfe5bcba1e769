import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../state/store.ts';

/** The value of a store; the component draws anew with each other one. */
export function useStore<T>(store: Pick<Store<T>, 'get' | 'subscribe'>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    redraw({});
    return store.subscribe(() => redraw({}));
  }, [store]);
  return store.get();
}
