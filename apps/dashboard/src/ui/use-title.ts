import { useEffect } from 'preact/hooks';

/** The title of the tab while the page is there: `New batch · Image Studio`. */
export function useTitle(words: string): void {
  useEffect(() => {
    document.title = `${words} · Image Studio`;
  }, [words]);
}
