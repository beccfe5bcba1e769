import type { BatchView, SkuView } from '@image-studio/contract';
import { isPassing } from '../api/is-passing.ts';
import type { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { LiveLink } from '../live/live-link.ts';
import { applyBatch } from '../state/apply-batch.ts';
import { applyEvent } from '../state/apply-event.ts';
import { applyPage, type SkuPage } from '../state/apply-page.ts';
import { applySnapshot } from '../state/apply-snapshot.ts';
import type { BatchState, SkuFilter } from '../state/batch-state.ts';
import { changeFilter } from '../state/change-filter.ts';
import { filterQuery } from '../state/filter-query.ts';
import { markStale } from '../state/mark-stale.ts';
import { isNarrow } from '../state/matches-filter.ts';
import { nextToRead } from '../state/sku-list.ts';
import { startBatch } from '../state/start-batch.ts';
import { createStore, type Store } from '../state/store.ts';

/** SKUs a page: three screens of a dense gallery. The API allows 200. */
const PAGE_SIZE = 120;
/** Without a live link the batch and what is on the screen are read anew this often; so is what could not be read. */
const FALLBACK_MS = 5_000;
/** The estimate moves while nothing else does. */
const REFRESH_MS = 15_000;

/** What the page shows: loading (both null), broken at the start (`problem`), or there. */
export interface SessionView {
  state: BatchState | null;
  problem: ProblemError | null;
  /** Pages of SKUs could not be read; it is tried again. */
  isListBroken: boolean;
}

/** One open batch page: reads it from REST, follows it live, and closes without a trace. */
export interface BatchSession {
  /** Of the batch in REST. */
  path: string;
  view: Store<SessionView>;
  setFilter(filter: SkuFilter): void;
  /** Says which positions of the list are on the screen; they are read, and kept true. */
  show(first: number, last: number): void;
  /** Resolves when these positions have been read, too; rejects with `ProblemError`. */
  readRange(first: number, last: number): Promise<void>;
  /** Resolves when the list has been read up to the SKU with this index; rejects with `ProblemError`. */
  readUntil(index: number): Promise<void>;
  /** Codes of all SKUs that a filter leaves now. */
  readCodes(filter: SkuFilter): Promise<string[]>;
  /** One SKU with all its details. */
  readSku(sku: string, signal?: AbortSignal): Promise<SkuView>;
  /** Does something to the batch, then reads it anew. Rejects with `ProblemError` when the API refuses. */
  act<T>(request: (path: string) => Promise<T>): Promise<T>;
  close(): void;
}

export function openBatch(
  batchId: string,
  filter: SkuFilter,
  { client, link }: { client: StudioClient; link: LiveLink },
): BatchSession {
  const path = `batches/${encodeURIComponent(batchId)}`;
  const view = createStore<SessionView>({ state: null, problem: null, isListBroken: false });
  const ending = new AbortController();
  const closers: (() => void)[] = [];
  let wanted = filter;
  let inView: [first: number, last: number] = [0, 0];
  let isReading = false;
  let isFollowing = false;
  const isLive = (): boolean => isFollowing && link.status.get() === 'live';

  const change = (step: (state: BatchState) => BatchState): void => {
    view.update((current) => (current.state ? { ...current, state: step(current.state) } : current));
    void fill();
  };

  async function open(): Promise<void> {
    try {
      // The batch first: its `seq` is older than the pages that follow, so nothing can fall between the two.
      const batch = await client.get<BatchView>(path, ending.signal);
      view.update((current) => ({ ...current, problem: null, state: startBatch(batch, wanted, Date.now()) }));
    } catch (error) {
      if (!ending.signal.aborted) view.update((current) => ({ ...current, problem: error as ProblemError }));
      return;
    }
    closers.push(link.follow(batchId, follower));
    void fill();
  }

  const follower = {
    seq: () => view.get().state?.seq ?? 0,
    onSnapshot: (snapshot: Parameters<typeof applySnapshot>[1]) =>
      change((state) => applySnapshot(state, snapshot, Date.now())),
    onEvent: (event: Parameters<typeof applyEvent>[1]) =>
      change((state) => applyEvent(state, event, Date.now())),
    onFollowing: (now: boolean) => {
      isFollowing = now;
    },
  };

  /** Reads what is missing of the positions on the screen, one page after the other. */
  async function fill(): Promise<void> {
    if (isReading || view.get().isListBroken) return;
    isReading = true;
    try {
      while (await readPage(...inView));
    } catch {
      // The fallback's next turn, or a reconnect, tries again; until then the page says so.
      if (!ending.signal.aborted) view.update((current) => ({ ...current, isListBroken: true }));
    } finally {
      isReading = false;
    }
  }

  /** Reads one page if `first` to `last` are not all known; resolves to whether it did. */
  async function readPage(first: number, last: number): Promise<boolean> {
    const { state } = view.get();
    if (state === null || ending.signal.aborted) return false;
    const from = nextToRead(state, first, last);
    if (from === null) return false;
    const query = filterQuery(state.filter, { cursor: String(from), limit: String(PAGE_SIZE) });
    const page = await client.get<SkuPage>(`${path}/skus?${query}&view=brief`, ending.signal);
    const asked = { from, news: state.news, epoch: state.epoch };
    view.update((current) =>
      current.state?.filter === state.filter
        ? { ...current, state: applyPage(current.state, page, asked) }
        : current,
    );
    return true;
  }

  async function refresh(): Promise<void> {
    const batch = await client.get<BatchView>(path, ending.signal);
    view.update((current) => ({ ...current, isListBroken: false }));
    change((state) => {
      const next = applyBatch(state, batch, Date.now());
      return isLive() ? next : markStale(next);
    });
  }

  const fallback = setInterval(() => {
    const { state, problem, isListBroken } = view.get();
    if (!state) {
      if (problem && isPassing(problem)) void open();
    } else if (isListBroken || !isLive()) void refresh().catch(ignoreUntilNextTime);
  }, FALLBACK_MS);
  const estimate = setInterval(() => {
    if (view.get().state?.batch.finishedAt === null) void refresh().catch(ignoreUntilNextTime);
  }, REFRESH_MS);
  const whenLive = link.status.subscribe(() => {
    if (link.status.get() === 'live' && view.get().state) void refresh().catch(ignoreUntilNextTime);
  });
  closers.push(
    () => clearInterval(fallback),
    () => clearInterval(estimate),
    whenLive,
  );
  void open();

  return {
    path,
    view,
    setFilter: (next) => {
      wanted = next;
      change((state) => changeFilter(state, next));
    },
    show: (first, last) => {
      inView = [first, last];
      void fill();
    },
    readRange: async (first, last) => {
      while (await readPage(first, last));
    },
    readUntil: async (index) => {
      const isReached = (): boolean => {
        const { state } = view.get();
        return state === null || !isNarrow(state.filter) || index < state.frontier;
      };
      while (!isReached() && (await readPage(0, Infinity)));
    },
    readCodes: async (asked) => {
      const query = filterQuery(asked);
      const { skus } = await client.get<{ skus: string[] }>(`${path}/codes?${query}`, ending.signal);
      return skus;
    },
    readSku: (sku, signal = ending.signal) =>
      client.get<SkuView>(`${path}/skus/${encodeURIComponent(sku)}`, signal),
    act: async (request) => {
      const answer = await request(path);
      await refresh().catch(ignoreUntilNextTime);
      return answer;
    },
    close: () => {
      ending.abort();
      for (const close of closers) close();
    },
  };
}

/** A refresh that failed is made good by the next event, or by the next turn of the fallback. */
function ignoreUntilNextTime(): void {}
