import { keyWanted } from './api/api-key.ts';
import { KeyPrompt } from './api/key-prompt.tsx';
import { BatchPage } from './batch/batch-page.tsx';
import { BatchesPage } from './batches/batches-page.tsx';
import { FleetPage } from './fleet/fleet-page.tsx';
import { OperatorBanner } from './fleet/operator-banner.tsx';
import type { Studio } from './studio.ts';
import { SubmitPage } from './submit/submit-page.tsx';
import { language } from './text/translate.ts';
import { CrashGuard } from './ui/crash-guard.tsx';
import { ReconnectingNote } from './ui/reconnecting-note.tsx';
import { TopBar } from './ui/top-bar.tsx';
import { useRoute } from './ui/use-route.ts';
import { useStore } from './ui/use-store.ts';
import './app.css';

/** The frame of every page. Drawn anew as a whole when the language changes. */
export function App({ studio }: { studio: Studio }) {
  const route = useRoute();
  const spoken = useStore(language);
  const wantsKey = useStore(keyWanted);
  return (
    <div class="app" key={spoken}>
      <TopBar status={studio.link.status} />
      <ReconnectingNote status={studio.link.status} />
      {!wantsKey && <OperatorBanner studio={studio} />}
      <main class="app-main" id="content" tabIndex={-1}>
        <CrashGuard key={route.page}>
          {wantsKey && <KeyPrompt />}
          {!wantsKey && route.page === 'batches' && <BatchesPage studio={studio} filter={route.filter} />}
          {!wantsKey && route.page === 'fleet' && <FleetPage studio={studio} />}
          {!wantsKey && route.page === 'new' && <SubmitPage studio={studio} />}
          {!wantsKey && route.page === 'batch' && (
            <BatchPage key={route.id} studio={studio} id={route.id} filter={route.filter} sku={route.sku} />
          )}
        </CrashGuard>
      </main>
    </div>
  );
}
