import type { BatchView, MissedEvent } from '@image-studio/contract';
import { ProblemError } from '../api/problem-error.ts';
import { applyToList } from '../state/apply-to-list.ts';
import { createStore, type Store } from '../state/store.ts';
import type { Studio } from '../studio.ts';

/** Batches a page. */
const PAGE_SIZE = 25;
/** New batches of other clients appear within this. */
const POLL_MS = 5_000;
/** Unfinished batches that are followed live; the poll brings the rest. */
const MOST_FOLLOWED = 10;

export interface BatchListView {
  batches: readonly BatchView[] | null;
  nextCursor: string | null;
  problem: ProblemError | null;
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

export function openBatchList({ client, link }: Studio): BatchListSession {
  const view = createStore<BatchListView>({ batches: null, nextCursor: null, problem: null });
  const ending = new AbortController();
  const followed = new Map<string, () => void>();

  async function reload(): Promise<void> {
    try {
      const page = await client.get<BatchPage>(`batches?limit=${PAGE_SIZE}`, ending.signal);
      view.update((current) => {
        const fresh = new Set(page.items.map(({ id }) => id));
        const older = (current.batches ?? []).slice(PAGE_SIZE).filter(({ id }) => !fresh.has(id));
        const nextCursor = older.length > 0 ? current.nextCursor : page.nextCursor;
        return { batches: [...page.items, ...older], nextCursor, problem: null };
      });
      followWhatRuns();
    } catch (error) {
      if (ending.signal.aborted) return;
      const problem = error instanceof ProblemError ? error : null;
      view.update((current) => ({ ...current, problem }));
    }
  }

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
      onRefused: () => {},
    });
  }

  const poll = setInterval(() => {
    if (!document.hidden) void reload();
  }, POLL_MS);
  void reload();

  return {
    view,
    reload,
    loadMore: async () => {
      const cursor = view.get().nextCursor;
      if (cursor === null) return;
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), cursor });
      const page = await client.get<BatchPage>(`batches?${query}`, ending.signal);
      view.update((current) => ({
        ...current,
        batches: [...(current.batches ?? []), ...page.items],
        nextCursor: page.nextCursor,
      }));
    },
    close: () => {
      ending.abort();
      clearInterval(poll);
      for (const unfollow of followed.values()) unfollow();
    },
  };
}
