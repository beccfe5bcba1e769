import { useMemo } from 'preact/hooks';
import { Route, Router, Switch, useLocation } from 'wouter-preact';
import { keyWanted } from './api/api-key.ts';
import { KeyPrompt } from './api/key-prompt.tsx';
import { MayChange } from './api/may-change.ts';
import { mayChange, useMe } from './api/use-me.ts';
import { BatchesPage } from './batches/batches-page.tsx';
import { readListFilter } from './batches/list-filter.ts';
import { OperatorBanner } from './fleet/operator-banner.tsx';
import { AuditPage, AuditsPage, BatchPage, FleetPage, HelpPage, SubmitPage } from './pages.ts';
import type { Studio } from './studio.ts';
import { language } from './text/translate.ts';
import { readBatchId, readBatchQuery } from './ui/batch-hash.ts';
import { CrashGuard } from './ui/crash-guard.tsx';
import { PageAnnouncer } from './ui/page-announcer.tsx';
import { ReconnectingNote } from './ui/reconnecting-note.tsx';
import { TopBar } from './ui/top-bar.tsx';
import { useHashLocation, useHashQuery } from './ui/use-hash-location.ts';
import { useStore } from './ui/use-store.ts';
import './app.css';

/** The frame of every page. Drawn anew as a whole when the language changes. */
export function App({ studio }: { studio: Studio }) {
  const spoken = useStore(language);
  const wantsKey = useStore(keyWanted);
  return (
    <Router hook={useHashLocation}>
      <div class="app" key={spoken}>
        <TopBar studio={studio} isIn={!wantsKey} />
        <ReconnectingNote status={studio.link.status} />
        {!wantsKey && <OperatorBanner studio={studio} />}
        <PageAnnouncer />
        <main class="app-main" id="content" tabIndex={-1}>
          {wantsKey ? <KeyPrompt /> : <PagesOfRole studio={studio} />}
        </main>
      </div>
    </Router>
  );
}

function PagesOfRole({ studio }: { studio: Studio }) {
  return (
    <MayChange.Provider value={mayChange(useMe(studio))}>
      <Pages studio={studio} />
    </MayChange.Provider>
  );
}

/** The page that the address names; every other address is the list of batches. */
function Pages({ studio }: { studio: Studio }) {
  const [path] = useLocation();
  return (
    <CrashGuard key={path}>
      <Switch>
        <Route path="/new">
          <SubmitPage studio={studio} />
        </Route>
        <Route path="/fleet">
          <FleetPage studio={studio} />
        </Route>
        <Route path="/audits">
          <AuditsPage studio={studio} />
        </Route>
        <Route path="/audits/:id">
          {({ id }) => <AuditPage key={id} studio={studio} id={readBatchId(id)} />}
        </Route>
        <Route path="/help">
          <HelpPage />
        </Route>
        <Route path="/batches/:id">{({ id }) => <OneBatch studio={studio} id={readBatchId(id)} />}</Route>
        <Route>
          <AllBatches studio={studio} />
        </Route>
      </Switch>
    </CrashGuard>
  );
}

function OneBatch({ studio, id }: { studio: Studio; id: string }) {
  const query = useHashQuery();
  const { filter, sku } = useMemo(() => readBatchQuery(query), [query]);
  return <BatchPage key={id} {...{ studio, id, filter, sku }} />;
}

function AllBatches({ studio }: { studio: Studio }) {
  return <BatchesPage studio={studio} filter={readListFilter(new URLSearchParams(useHashQuery()))} />;
}
