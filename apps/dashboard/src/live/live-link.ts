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
  /** The server would not let us follow; REST has to do. */
  onRefused(message: string): void;
}

export interface LiveLink {
  status: Store<LinkStatus>;
  /** Follows `batchId`, across reconnects, until the returned function is called. */
  follow(batchId: string, follower: Follower): () => void;
}

type StudioSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** Keeps the subscriptions of one socket: asks again, from the last `seq`, whenever it is connected anew. */
export function createLiveLink(socket: StudioSocket): LiveLink {
  const status = createStore<LinkStatus>('connecting');
  const followers = new Map<string, Set<Follower>>();

  const subscribe = (batchId: string, follower: Follower): void => {
    socket.emit('batch:subscribe', { batchId, seq: follower.seq(), view: 'brief' }, (ack: SubscribeAck) => {
      if (!followers.get(batchId)?.has(follower)) return;
      if (!ack.ok) follower.onRefused(ack.error.message);
      else if ('snapshot' in ack) follower.onSnapshot(ack.snapshot);
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
