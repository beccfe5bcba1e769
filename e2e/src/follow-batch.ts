import type {
  BatchCounts,
  BatchView,
  ClientToServerEvents,
  MissedEvent,
  ServerToClientEvents,
  SkuView,
  SubscribeAck,
} from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { io, type Socket } from 'socket.io-client';

/** What REST says of a batch. */
export interface Listing {
  batch: BatchView;
  skus: Pick<SkuView, 'sku' | 'state'>[];
}

export interface Follower {
  socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  counts(): BatchCounts | undefined;
  /** Whether each of its subscriptions was accepted. */
  answers: boolean[];
  /** Waits until it knows the same, its end included; fails when it was told numbers out of order. */
  endsLike(listing: Listing): Promise<void>;
  close(): void;
}

/** A client as the documentation wants it: it subscribes with what it saw last, whenever it is connected. */
export function followBatch(url: string, batchId: string): Follower {
  const socket: Follower['socket'] = io(url, {
    transports: ['websocket'],
    reconnectionDelay: 50,
    reconnectionDelayMax: 300,
  });
  const states = new Map<string, string>();
  const backward: string[] = [];
  const answers: boolean[] = [];
  let counts: BatchCounts | undefined;
  let seq: number | undefined;
  let finished = 0;

  function hear(event: MissedEvent): void {
    if (event.seq < (seq ?? 0)) backward.push(`${event.event} ${event.seq} after ${seq}`);
    seq = event.seq;
    if (event.event === 'sku:update') for (const { sku, state } of event.skus) states.set(sku, state);
    else counts = event.counts;
    if (event.event === 'batch:finished') finished += 1;
  }
  function take(answer: SubscribeAck): void {
    answers.push(answer.ok);
    if (!answer.ok) {
      setTimeout(subscribe, 200);
    } else if ('missed' in answer) {
      for (const event of answer.missed) hear(event);
    } else {
      const { snapshot } = answer;
      seq = snapshot.seq;
      counts = snapshot.batch.counts;
      if (snapshot.batch.finishedAt !== null) finished += 1;
      for (const { sku, state } of snapshot.skus) states.set(sku, state);
    }
  }
  function subscribe(): void {
    if (!socket.connected) return;
    socket.emit('batch:subscribe', { batchId, ...(seq !== undefined && { seq }) }, take);
  }
  socket.on('connect', subscribe);
  socket.on('sku:update', (event) => hear({ event: 'sku:update', ...event }));
  socket.on('batch:progress', (event) => hear({ event: 'batch:progress', ...event }));
  socket.on('batch:finished', (event) => hear({ event: 'batch:finished', ...event }));

  return {
    socket,
    counts: () => counts,
    answers,
    async endsLike({ batch, skus }) {
      await eventually(() => {
        const known = { counts, states: Object.fromEntries(states), finished: finished > 0, seq };
        const wanted = {
          counts: batch.counts,
          states: Object.fromEntries(skus.map(({ sku, state }) => [sku, state])),
          finished: batch.finishedAt !== null,
          seq: batch.seq,
        };
        if (JSON.stringify(sorted(known)) !== JSON.stringify(sorted(wanted)))
          throw new Error(`it knows ${JSON.stringify(known)}, REST says ${JSON.stringify(wanted)}`);
      });
      if (backward.length > 0) throw new Error(backward.join('; '));
    },
    close: () => void socket.close(),
  };
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, one]) => [key, sorted(one)]);
}
