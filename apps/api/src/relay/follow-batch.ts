import type {
  BatchSnapshot,
  MissedEvent,
  ServerToClientEvents,
  SkuUpdate,
  SubscribeAck,
} from '@image-studio/contract';
import type { BatchState, Detail, SkuEntry, StudioApi } from '@image-studio/queue';
import { briefSku } from '../views/brief-sku.ts';
import type { Links } from '../views/links.ts';
import { viewBatch } from '../views/view-batch.ts';
import { viewSku } from '../views/view-sku.ts';
import { finishedEvent, progressEvent } from './batch-events.ts';

/** SKUs in a snapshot, in one event, and in one read of a large change: each costs the loop about 10 ms. */
const PAGE = 200;
/** More changed SKUs than this are read page by page (live), or replaced by a snapshot (missed). */
const MAX_CHANGES = 500;

/** A snapshot's page is used again for so long, if nothing changes; its signed links must not grow old. */
const SAME_PAGE_MS = 10_000;

/** One browser, as a followed batch sees it. */
export interface Viewer {
  readonly id: string;
  /** It does not read as fast as it is told: told nothing more for now, and later all at once. */
  isCongested(): boolean;
}

/** Sends one event to several viewers; it is turned into bytes once, however many there are. */
export type Tell = <Name extends keyof ServerToClientEvents>(
  viewers: readonly Viewer[],
  event: Name,
  ...payload: Parameters<ServerToClientEvents[Name]>
) => void;

export interface FollowDeps {
  api: StudioApi;
  links: Links;
  tell: Tell;
}

/** What each viewer has been told: everything up to `seq`, and that the batch finished at `finishedAt`. */
interface Told {
  seq: number;
  finishedAt: string | null;
  detail: Detail;
}

/** One batch that somebody watches. Everything runs one after the other, so nobody is told a change twice or never. */
export interface FollowedBatch {
  readonly viewers: number;
  /** Adds `viewer`, with what it missed since `seq`, or a snapshot. `null`: no such batch for this tenant. */
  join(
    viewer: Viewer,
    tenant: string,
    seq: number | undefined,
    /** How the viewer wants its SKUs. */
    detail?: Detail,
  ): Promise<SubscribeAck | null>;
  leave(viewer: Viewer): void;
  /** Tells every viewer that listens what has changed since it was last told; resolves to whether more has changed meanwhile. */
  flush(): Promise<boolean>;
  /** Whether a viewer has yet to be told of `seq`. */
  isBehind(seq: number): boolean;
}

export function followBatch(batchId: string, { api, links, tell }: FollowDeps): FollowedBatch {
  const told = new Map<Viewer, Told>();
  let turn: Promise<unknown> = Promise.resolve();
  /** The page of the last snapshot: after a restart of the API everybody asks for the same one. */
  let first:
    | (Pick<BatchSnapshot, 'seq' | 'skus' | 'nextCursor'> & { detail: Detail; at: number })
    | undefined;
  const isCurrent = (seq: number, detail: Detail) =>
    first?.seq === seq && first.detail === detail && performance.now() - first.at < SAME_PAGE_MS;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  return {
    get viewers() {
      return told.size;
    },
    async join(viewer, tenant, seq, detail = 'whole') {
      // Asked before the turn comes: a flush ahead may be waiting for a Redis that is away, and a refusal should not.
      if ((await api.batch(batchId, tenant)) === null) return null;
      return inTurn(async () => {
        const batch = await api.batch(batchId, tenant);
        if (batch === null) return null;
        const missed = seq === undefined || seq > batch.seq ? null : await readMissed(seq, detail);
        if (missed !== null) {
          told.set(viewer, missed.told);
          return { ok: true, missed: missed.events };
        }
        const snapshot = await readSnapshot(batch, detail);
        told.set(viewer, { seq: snapshot.seq, finishedAt: batch.finishedAt, detail });
        return { ok: true, snapshot };
      });
    },
    leave: (viewer) => void told.delete(viewer),
    flush: () =>
      inTurn(async () => {
        // Viewers that were told the same are told the next thing together; after one flush they all are.
        let isBehind = false;
        const listening = [...told].filter(([viewer]) => !viewer.isCongested());
        for (const since of new Set(listening.map(([, { seq }]) => seq))) {
          isBehind = (await tellSince(since)) || isBehind;
        }
        return isBehind;
      }),
    isBehind: (seq) => [...told.values()].some((one) => one.seq < seq),
  };

  /** Resolves to whether more has changed since. */
  async function tellSince(since: number): Promise<boolean> {
    const group = [...told].filter(([viewer, { seq }]) => seq === since && !viewer.isCongested());
    /** Those who are still to be told, by how they want it; some may leave while this runs. */
    const those = (wanted?: Detail) =>
      group
        .filter(([viewer, one]) => told.get(viewer) === one && (wanted ?? one.detail) === one.detail)
        .map(([viewer]) => viewer);
    const detail = group.some(([, one]) => one.detail === 'whole') ? 'whole' : 'brief';
    const change = await api.changes(batchId, since, MAX_CHANGES, detail);
    if (change !== null && change.seq === since) return false;
    const batch = await api.batch(batchId);
    if (batch === null) return false;
    const seq = change?.seq ?? batch.seq;
    const pages = change === null ? allPages(detail) : onePage(change.skus);
    let latest: SkuEntry | undefined;
    let pending: SkuEntry[] = [];
    for await (const page of pages) {
      // Only the last event carries the new number: who is cut off before it will be told everything again.
      if (pending.length > 0) await tellSkus(those, since, pending);
      pending = page;
      latest = page.at(-1) ?? latest;
    }
    if (pending.length > 0) await tellSkus(those, seq, pending);
    const present = those();
    if (present.length > 0) tell(present, 'batch:progress', progressEvent(batch, seq, latest));
    const finishing = present.filter((viewer) => {
      const before = told.get(viewer)?.finishedAt ?? null;
      const finishedAt = finishedAtBy(seq, batch, before);
      return finishedAt !== null && finishedAt !== before;
    });
    if (finishing.length > 0) tell(finishing, 'batch:finished', finishedEvent(batch, seq, latest));
    for (const viewer of present) {
      const one = told.get(viewer);
      if (one) told.set(viewer, { ...one, seq, finishedAt: finishedAtBy(seq, batch, one.finishedAt) });
    }
    return batch.seq > seq;
  }

  async function tellSkus(
    those: (wanted: Detail) => readonly Viewer[],
    seq: number,
    entries: readonly SkuEntry[],
  ): Promise<void> {
    const whole = await Promise.all(entries.map((entry) => viewSku(entry, links)));
    const [all, few] = [those('whole'), those('brief')];
    if (all.length > 0) tell(all, 'sku:update', { batchId, seq, skus: whole });
    if (few.length > 0) tell(few, 'sku:update', { batchId, seq, skus: whole.map(briefSku) });
  }

  /** SKUs as somebody wants them who is just joining. */
  async function viewSkus(entries: readonly SkuEntry[], detail: Detail): Promise<SkuUpdate['skus']> {
    const skus = await Promise.all(entries.map((entry) => viewSku(entry, links)));
    return detail === 'brief' ? skus.map(briefSku) : skus;
  }

  async function* allPages(detail: Detail): AsyncGenerator<SkuEntry[]> {
    let cursor: string | undefined;
    do {
      const page = await api.skus(batchId, { limit: PAGE, detail, ...(cursor !== undefined && { cursor }) });
      if (page.items.length > 0) yield page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  async function readMissed(
    since: number,
    detail: Detail,
  ): Promise<{ events: MissedEvent[]; told: Told } | null> {
    const change = await api.changes(batchId, since, MAX_CHANGES, detail);
    if (change === null) return null;
    const batch = await api.batch(batchId);
    if (batch === null) return null;
    const { seq } = change;
    const finishedAt = finishedAtBy(seq, batch, null);
    if (seq === since) return { events: [], told: { seq, finishedAt, detail } };
    const latest = change.skus.at(-1);
    const skus = await viewSkus(change.skus, detail);
    const events: MissedEvent[] = [{ event: 'batch:progress', ...progressEvent(batch, seq, latest) }];
    if (skus.length > 0) events.unshift({ event: 'sku:update', batchId, seq, skus });
    if (finishedAt !== null) events.push({ event: 'batch:finished', ...finishedEvent(batch, seq, latest) });
    return { told: { seq, finishedAt, detail }, events };
  }

  async function readSnapshot(batch: BatchState, detail: Detail): Promise<BatchSnapshot> {
    // Read after the batch was, so while the number is still the same it holds exactly the changes up to it.
    if (first === undefined || !isCurrent(batch.seq, detail)) {
      const page = await api.skus(batchId, { limit: PAGE, detail });
      const skus = await viewSkus(page.items, detail);
      first = { seq: batch.seq, detail, at: performance.now(), skus, nextCursor: page.nextCursor };
    }
    const { skus, nextCursor } = first;
    return { seq: batch.seq, batch: viewBatch(batch, links), skus, nextCursor };
  }
}

/**
 * When the batch finished, as far as a viewer may know who has been told the changes up to `seq`: the batch is read
 * after its changes, so it may have finished by changes that come with the next flush, and the end is told last.
 */
function finishedAtBy(seq: number, batch: BatchState, before: string | null): string | null {
  return batch.seq <= seq || batch.finishedAt === null ? batch.finishedAt : before;
}

async function* onePage(skus: SkuEntry[]): AsyncGenerator<SkuEntry[]> {
  for (let start = 0; start < skus.length; start += PAGE) yield skus.slice(start, start + PAGE);
}
