import type { BatchView, SkuView } from '@image-studio/contract';
import type { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { LiveLink } from '../live/live-link.ts';
import type { BatchAction } from '../state/allowed-actions.ts';
import { applyBatch } from '../state/apply-batch.ts';
import { applyEvent } from '../state/apply-event.ts';
import { applyPage, type SkuPage } from '../state/apply-page.ts';
import { applySnapshot } from '../state/apply-snapshot.ts';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import { changeFilter } from '../state/change-filter.ts';
import { startBatch } from '../state/start-batch.ts';
import { createStore, type Store } from '../state/store.ts';

/** SKUs a page. A screen shows a dozen; the API allows 200. */
const PAGE_SIZE = 48;
/** Progress events carry no status and no picture count, so REST is asked for them, at most this often. */
const REFRESH_MS = 3_000;
/** Without a live link the whole page is read anew this often. */
const FALLBACK_MS = 5_000;

/** What the page shows: loading (both null), broken at the start (`problem`), or there. */
export interface SessionView {
  state: BatchState | null;
  problem: ProblemError | null;
  loadingPage: boolean;
}

/** One open batch page: reads it from REST, follows it live, and closes without a trace. */
export interface BatchSession {
  view: Store<SessionView>;
  setFilter(filter: SkuFilter): void;
  loadMore(): Promise<void>;
  /** Reads one SKU anew, for its details. */
  readSku(sku: string): Promise<void>;
  /** Rejects with `ProblemError` when the API refuses. */
  act(action: BatchAction): Promise<void>;
  close(): void;
}

export function openBatch(
  batchId: string,
  filter: SkuFilter,
  { client, link }: { client: StudioClient; link: LiveLink },
): BatchSession {
  const path = `batches/${encodeURIComponent(batchId)}`;
  const view = createStore<SessionView>({ state: null, problem: null, loadingPage: false });
  const ending = new AbortController();
  const closers: (() => void)[] = [];
  let wanted = filter;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;

  const change = (step: (state: BatchState) => BatchState): void =>
    view.update((current) => (current.state ? { ...current, state: step(current.state) } : current));

  async function open(): Promise<void> {
    try {
      // The batch first: its `seq` is older than the page that follows, so nothing can fall between the two.
      const batch = await client.get<BatchView>(path, ending.signal);
      view.update((current) => ({ ...current, problem: null, state: startBatch(batch, wanted, Date.now()) }));
      closers.push(link.follow(batchId, follower));
    } catch (error) {
      if (!ending.signal.aborted) view.update((current) => ({ ...current, problem: error as ProblemError }));
      return;
    }
    await readList();
  }

  const follower = {
    seq: () => view.get().state?.seq ?? 0,
    onSnapshot: (snapshot: Parameters<typeof applySnapshot>[1]) => {
      change((state) => applySnapshot(state, snapshot, Date.now()));
      if (view.get().state?.stale) void readList();
    },
    onEvent: (event: Parameters<typeof applyEvent>[1]) => {
      change((state) => applyEvent(state, event, Date.now()));
      refreshSoon();
    },
    onRefused: () => refreshSoon(),
  };

  /** Reads the list anew, as far as it was shown. When that fails it stays stale, and its turn comes again. */
  async function readList(): Promise<void> {
    const shown = view.get().state?.order?.length ?? 0;
    await readPages((count) => count < shown, true).catch(() =>
      change((state) => ({ ...state, stale: true })),
    );
  }

  async function readPages(more: (count: number) => boolean, replace: boolean): Promise<void> {
    const asked = wanted;
    const askedAtNews = view.get().state?.news ?? 0;
    let cursor = replace ? null : (view.get().state?.nextCursor ?? null);
    const items: SkuView[] = [];
    view.update((current) => ({ ...current, loadingPage: true }));
    try {
      // All or nothing: a list that shrank to its first page and grew again would lose the reader's place.
      do {
        const page = await client.get<SkuPage>(`${path}/skus?${query(asked, cursor)}`, ending.signal);
        if (asked !== wanted) return;
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && more(items.length));
      change((state) => applyPage(state, { items, nextCursor: cursor }, { askedAtNews, replace }));
    } finally {
      if (asked === wanted) view.update((current) => ({ ...current, loadingPage: false }));
    }
  }

  async function refresh(): Promise<void> {
    const batch = await client.get<BatchView>(path, ending.signal);
    change((state) => applyBatch(state, batch, Date.now()));
    if (link.status.get() !== 'live' || view.get().state?.stale) await readList();
  }

  function refreshSoon(): void {
    if (refreshTimer !== undefined || ending.signal.aborted) return;
    refreshTimer = setTimeout(() => {
      refreshTimer = undefined;
      void refresh().catch(ignoreUntilNextTime);
    }, REFRESH_MS);
  }

  const fallback = setInterval(() => {
    const { state, problem } = view.get();
    if (!state) {
      if (problem && isPassing(problem)) void open();
    } else if (state.stale || link.status.get() !== 'live') void refresh().catch(ignoreUntilNextTime);
  }, FALLBACK_MS);
  closers.push(() => clearInterval(fallback));
  void open();

  return {
    view,
    setFilter: (next) => {
      wanted = next;
      change((state) => changeFilter(state, next));
      if (view.get().state) void readList();
    },
    loadMore: () => readPages(() => false, false),
    readSku: async (sku) => {
      const askedAtNews = view.get().state?.news ?? 0;
      const item = await client.get<SkuView>(`${path}/skus/${encodeURIComponent(sku)}`, ending.signal);
      change((state) =>
        (state.changedAt.get(sku) ?? 0) > askedAtNews
          ? state
          : { ...state, skus: new Map(state.skus).set(sku, item) },
      );
    },
    act: async (action) => {
      await client.post(`${path}/${action}`, action === 'retry' ? {} : undefined);
      await refresh().catch(ignoreUntilNextTime);
    },
    close: () => {
      ending.abort();
      clearTimeout(refreshTimer);
      for (const close of closers) close();
    },
  };
}

/** The server is away or busy, rather than of the opinion that there is nothing for us. */
function isPassing({ problem: { status } }: ProblemError): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** A refresh that failed is made good by the next event, or by the next turn of the fallback. */
function ignoreUntilNextTime(): void {}

function query(filter: SkuFilter, cursor: string | null): string {
  const entries = Object.entries({ ...filter, cursor: cursor ?? undefined, limit: String(PAGE_SIZE) });
  return new URLSearchParams(entries.filter((entry): entry is [string, string] => !!entry[1])).toString();
}
