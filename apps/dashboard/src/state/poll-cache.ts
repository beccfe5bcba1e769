import type { StudioClient } from '../api/studio-client.ts';
import { type Poll, startPoll } from './poll.ts';

interface Shared {
  poll: Poll<unknown>;
  users: number;
}

/** One reading of each path, at each pace, for all who look at it, however many there are. */
export interface PollCache {
  /** The reading of `path`, which the first user starts; call `leave` once for each `share`. */
  share<T>(path: string, everyMs: number): Poll<T>;
  /** The last user ends it, a moment later: the next page often reads the same. */
  leave(path: string, everyMs: number): void;
  /** Reads everything now, for somebody else than before. */
  refresh(): void;
}

const LINGER_MS = 5_000;

export function createPollCache(client: Pick<StudioClient, 'get'>): PollCache {
  const shared = new Map<string, Shared>();
  return {
    share<T>(path: string, everyMs: number) {
      const key = keyOf(path, everyMs);
      let known = shared.get(key);
      if (!known) {
        known = { poll: startPoll((signal) => client.get<unknown>(path, signal), everyMs), users: 0 };
        shared.set(key, known);
      }
      known.users += 1;
      return known.poll as Poll<T>;
    },
    refresh() {
      for (const { poll } of shared.values()) poll.refresh();
    },
    leave(path, everyMs) {
      const key = keyOf(path, everyMs);
      const known = shared.get(key);
      if (!known) return;
      known.users -= 1;
      setTimeout(() => {
        if (known.users > 0 || shared.get(key) !== known) return;
        shared.delete(key);
        known.poll.close();
      }, LINGER_MS);
    },
  };
}

function keyOf(path: string, everyMs: number): string {
  return `${everyMs} ${path}`;
}
