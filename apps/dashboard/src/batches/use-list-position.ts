import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { BatchListSession } from './batch-list-session.ts';
import { recallList, rememberList } from './list-memory.ts';

/** Whoever comes back to the list finds it as it was left: as many batches, as far down. */
export function useListPosition({ view }: BatchListSession, query: string): void {
  useLayoutEffect(() => {
    const scrollY = recallList(query)?.scrollY;
    if (scrollY !== undefined) scrollTo(0, scrollY);
  }, [query]);
  useEffect(() => {
    let scrollY = globalThis.scrollY;
    const note = (): void => {
      scrollY = globalThis.scrollY;
    };
    addEventListener('scroll', note, { passive: true });
    return () => {
      removeEventListener('scroll', note);
      const { batches, nextCursor } = view.get();
      if (batches) rememberList(query, { view: { batches, nextCursor }, scrollY });
    };
  }, [view, query]);
}
