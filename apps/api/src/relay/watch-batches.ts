import { performance } from 'node:perf_hooks';
import type { SubscribeAck } from '@image-studio/contract';
import type { Detail } from '@image-studio/queue';
import type { Logger } from '@image-studio/runtime';
import { type FollowDeps, type FollowedBatch, followBatch, type Viewer } from './follow-batch.ts';

/** At most four updates a second and batch. */
const MIN_INTERVAL_MS = 250;
/** News may be lost; the sequence numbers are not. A lost one costs this long, not the change. */
const POLL_INTERVAL_MS = 1000;

/** The batches that somebody of this process watches. */
export interface BatchWatch {
  join(
    batchId: string,
    viewer: Viewer,
    tenant: string,
    seq: number | undefined,
    detail: Detail,
  ): Promise<SubscribeAck | null>;
  leave(batchId: string, viewer: Viewer): void;
  close(): void;
}

interface Watched {
  batch: FollowedBatch;
  flushedAt: number;
  timer: NodeJS.Timeout | undefined;
  /** Viewers that are being added: they keep the batch followed, too. */
  joining: number;
  isFlushing: boolean;
  /** News came while the last was being told. */
  hasMore: boolean;
}

/** Follows batches while they have viewers: on news at once, but never faster than the bound, and by a poll. */
export function watchBatches({ log, ...deps }: FollowDeps & { log: Logger }): BatchWatch {
  const { api } = deps;
  const watched = new Map<string, Watched>();
  let isClosed = false;

  const flushSoon = (batchId: string): void => {
    const one = watched.get(batchId);
    if (one === undefined || one.timer !== undefined || isClosed) return;
    if (one.isFlushing) {
      one.hasMore = true;
      return;
    }
    const wait = Math.max(0, one.flushedAt + MIN_INTERVAL_MS - performance.now());
    one.timer = setTimeout(() => void flush(batchId, one), wait);
  };

  const flush = async (batchId: string, one: Watched): Promise<void> => {
    one.timer = undefined;
    one.isFlushing = true;
    one.hasMore = false;
    try {
      if (await one.batch.flush()) one.hasMore = true;
    } catch (error) {
      // Viewers keep their number, so the next poll tells them.
      log.debug({ err: error, batchId }, 'relay could not read a batch');
    }
    // Counted from the end: reading takes a while, and what counts is when browsers are told.
    one.flushedAt = performance.now();
    one.isFlushing = false;
    if (one.hasMore) flushSoon(batchId);
  };

  api.onBatchChange(flushSoon);

  const poll = async (): Promise<void> => {
    if (watched.size === 0) return;
    try {
      const seqs = await api.seqs([...watched.keys()]);
      for (const [batchId, seq] of seqs) if (watched.get(batchId)?.batch.isBehind(seq)) flushSoon(batchId);
    } catch (error) {
      log.debug({ err: error }, 'relay could not poll');
    }
  };
  let polling: NodeJS.Timeout | undefined;
  const pollAgain = (): void => {
    polling = setTimeout(async () => {
      await poll();
      if (!isClosed) pollAgain();
    }, POLL_INTERVAL_MS);
  };
  pollAgain();

  const forgetIfAlone = (batchId: string): void => {
    const one = watched.get(batchId);
    if (one === undefined || one.batch.viewers > 0 || one.joining > 0) return;
    clearTimeout(one.timer);
    watched.delete(batchId);
  };

  return {
    async join(batchId, viewer, tenant, seq, detail) {
      const one = watched.get(batchId) ?? {
        batch: followBatch(batchId, deps),
        flushedAt: Number.NEGATIVE_INFINITY,
        timer: undefined,
        joining: 0,
        isFlushing: false,
        hasMore: false,
      };
      watched.set(batchId, one);
      one.joining += 1;
      try {
        return await one.batch.join(viewer, tenant, seq, detail);
      } finally {
        one.joining -= 1;
        forgetIfAlone(batchId);
      }
    },
    leave(batchId, viewer) {
      watched.get(batchId)?.batch.leave(viewer);
      forgetIfAlone(batchId);
    },
    close() {
      isClosed = true;
      clearTimeout(polling);
      for (const { timer } of watched.values()) clearTimeout(timer);
      watched.clear();
    },
  };
}
