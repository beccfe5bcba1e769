import type {
  BatchSnapshot,
  ClientToServerEvents,
  MissedEvent,
  ServerToClientEvents,
  SubscribeAck,
} from '@image-studio/contract';
import type { Socket } from 'socket.io-client';
import { createStore, type Store } from '../state/store.ts';

/** `connecting` until the first success; `reconnecting` after a loss. */
export type LinkStatus = 'connecting' | 'live' | 'reconnecting';

/** Somebody who wants to see every change of one batch once. */
export interface Follower {
  /** The last `seq` applied. */
  seq(): number;
  onSnapshot(snapshot: BatchSnapshot): void;
  onEvent(event: MissedEvent): void;
  /** Whether the server tells us of changes now. While it does not, REST has to do. */
  onFollowing(isFollowing: boolean): void;
}

export interface LiveLink {
  status: Store<LinkStatus>;
  /** Follows `batchId`, across reconnects, until the returned function is called. */
  follow(batchId: string, follower: Follower): () => void;
}

type StudioSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A server that has just started may not be able to answer yet. */
const ACK_TIMEOUT_MS = 10_000;
const RETRY_MS = 1_500;

/** Keeps the subscriptions of one socket: asks again, from the last `seq`, whenever it is connected anew. */
export function createLiveLink(socket: StudioSocket, retryMs = RETRY_MS): LiveLink {
  const status = createStore<LinkStatus>('connecting');
  const followers = new Map<string, Set<Follower>>();

  const subscribe = (batchId: string, follower: Follower): void => {
    const request = { batchId, seq: follower.seq(), view: 'brief' } as const;
    const { id } = socket;
    const isWanted = (): boolean => socket.id === id && followers.get(batchId)?.has(follower) === true;
    socket
      .timeout(ACK_TIMEOUT_MS)
      .emit('batch:subscribe', request, (lost: Error | null, ack: SubscribeAck) => {
        if (!isWanted()) return;
        if (lost || !ack.ok) {
          follower.onFollowing(false);
          if (!lost && !ack.ok && ack.error.code === 'BATCH_NOT_FOUND') return;
          setTimeout(() => isWanted() && subscribe(batchId, follower), retryMs);
          return;
        }
        follower.onFollowing(true);
        if ('snapshot' in ack) follower.onSnapshot(ack.snapshot);
        else for (const event of ack.missed) follower.onEvent(event);
      });
  };
  const tell = (event: MissedEvent): void => {
    for (const follower of followers.get(event.batchId) ?? []) follower.onEvent(event);
  };

  socket.on('connect', () => {
    status.set('live');
    for (const [batchId, group] of followers) for (const follower of group) subscribe(batchId, follower);
  });
  socket.on('disconnect', () => status.set('reconnecting'));
  socket.on('sku:update', (event) => tell({ event: 'sku:update', ...event }));
  socket.on('batch:progress', (event) => tell({ event: 'batch:progress', ...event }));
  socket.on('batch:finished', (event) => tell({ event: 'batch:finished', ...event }));

  return {
    status,
    follow: (batchId, follower) => {
      const group = followers.get(batchId) ?? new Set();
      followers.set(batchId, group.add(follower));
      if (socket.connected) subscribe(batchId, follower);
      return () => {
        group.delete(follower);
        if (group.size > 0) return;
        followers.delete(batchId);
        if (socket.connected) socket.emit('batch:unsubscribe', { batchId });
      };
    },
  };
}
