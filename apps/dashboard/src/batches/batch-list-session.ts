import type { BatchView, MissedEvent } from '@image-studio/contract';
import { ProblemError } from '../api/problem-error.ts';
import { applyToList } from '../state/apply-to-list.ts';
import { createStore, type Store } from '../state/store.ts';
import type { Studio } from '../studio.ts';
import { type ListFilter, listQuery } from './list-filter.ts';
import { recallList } from './list-memory.ts';
import { mergePage } from './merge-page.ts';

/** Batches a page. */
const PAGE_SIZE = 25;
/** Most that the API gives at once. */
const MAX_PAGE = 200;
/** New batches of other clients appear within this. */
const POLL_MS = 5_000;
/** Unfinished batches that are followed live; the poll brings the rest. */
const MOST_FOLLOWED = 10;

export interface BatchListView {
  batches: readonly BatchView[] | null;
  nextCursor: string | null;
  problem: ProblemError | null;
  isLoadingMore: boolean;
}

/** The open list of batches: polled for what is new, live for what runs. */
export interface BatchListSession {
  view: Store<BatchListView>;
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  close(): void;
}

interface BatchPage {
  items: BatchView[];
  nextCursor: string | null;
}

export function openBatchList({ client, link }: Studio, filter: ListFilter): BatchListSession {
  const before = recallList(listQuery(filter).toString())?.view;
  const view = createStore<BatchListView>({
    batches: before?.batches ?? null,
    nextCursor: before?.nextCursor ?? null,
    problem: null,
    isLoadingMore: false,
  });
  const ending = new AbortController();
  const followed = new Map<string, () => void>();

  function read(limit: number, cursor?: string): Promise<BatchPage> {
    const query = listQuery(filter);
    query.set('limit', String(limit));
    if (cursor !== undefined) query.set('cursor', cursor);
    return client.get<BatchPage>(`batches?${query}`, ending.signal);
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (ending.signal.aborted) return;
      if (!(error instanceof ProblemError)) throw error;
      view.update((current) => ({ ...current, problem: error }));
    }
  }

  const reload = (): Promise<void> =>
    attempt(async () => {
      // Everything that is shown, as far as one answer reaches.
      const limit = Math.min(MAX_PAGE, Math.max(PAGE_SIZE, view.get().batches?.length ?? 0));
      const page = await read(limit);
      view.update((current) => {
        const { batches, hasOlder } = mergePage(current.batches ?? [], page.items, limit);
        const nextCursor = hasOlder ? current.nextCursor : page.nextCursor;
        return { ...current, batches, nextCursor, problem: null };
      });
      followWhatRuns();
    });

  function followWhatRuns(): void {
    const open = (view.get().batches ?? []).filter(({ finishedAt }) => finishedAt === null);
    const wanted = new Set(open.slice(0, MOST_FOLLOWED).map(({ id }) => id));
    for (const [id, unfollow] of followed) {
      if (wanted.has(id)) continue;
      unfollow();
      followed.delete(id);
    }
    for (const id of wanted) if (!followed.has(id)) followed.set(id, follow(id));
  }

  function follow(id: string): () => void {
    const change = (step: (batches: readonly BatchView[]) => readonly BatchView[]): void =>
      view.update((current) => ({ ...current, batches: current.batches && step(current.batches) }));
    return link.follow(id, {
      seq: () => view.get().batches?.find((batch) => batch.id === id)?.seq ?? 0,
      onSnapshot: ({ batch }) => change((batches) => batches.map((old) => (old.id === id ? batch : old))),
      onEvent: (event: MissedEvent) => change((batches) => applyToList(batches, event)),
      // The poll brings what is not told.
      onFollowing: () => {},
    });
  }

  const poll = setInterval(() => {
    if (!document.hidden) void reload();
  }, POLL_MS);
  void reload();

  return {
    view,
    reload,
    async loadMore() {
      const { nextCursor: cursor, isLoadingMore } = view.get();
      if (cursor === null || isLoadingMore) return;
      view.update((current) => ({ ...current, isLoadingMore: true }));
      await attempt(async () => {
        const page = await read(PAGE_SIZE, cursor);
        view.update((current) => {
          const known = new Set((current.batches ?? []).map(({ id }) => id));
          const more = page.items.filter(({ id }) => !known.has(id));
          return { ...current, batches: [...(current.batches ?? []), ...more], nextCursor: page.nextCursor };
        });
        followWhatRuns();
      });
      view.update((current) => ({ ...current, isLoadingMore: false }));
    },
    close: () => {
      ending.abort();
      clearInterval(poll);
      for (const unfollow of followed.values()) unfollow();
    },
  };
}
