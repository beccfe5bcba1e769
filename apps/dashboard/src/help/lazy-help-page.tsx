import { useEffect, useState } from 'preact/hooks';
import type { HelpPage } from './help-page.tsx';

/** The page of all explanations, whose code comes when somebody asks for it. */
export function LazyHelpPage() {
  const [Page, setPage] = useState<typeof HelpPage | null>(null);
  useEffect(() => {
    void import('./help-page.tsx').then((part) => setPage(() => part.HelpPage));
  }, []);
  return Page && <Page />;
}
