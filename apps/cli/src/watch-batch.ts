import type {
  BatchFinished,
  BatchProgress,
  BatchView,
  ClientToServerEvents,
  ServerToClientEvents,
  SkuUpdate,
  SubscribeAck,
} from '@image-studio/contract';
import { io, type Socket } from 'socket.io-client';
import { CliError } from './cli-error.ts';
import type { StudioClient } from './studio-client.ts';

export interface BatchWatcher {
  onProgress(batch: Pick<BatchView, 'status' | 'counts' | 'costUsd' | 'eta' | 'pausedFor'>): void;
  /** SKUs that changed, latest state only. */
  onSkus(skus: SkuUpdate['skus']): void;
}

/** Where a socket cannot get through, and as a net under one that can. */
const LOOK_MS = 10_000;
const LOOK_WITHOUT_SOCKET_MS = 1000;

const hasEnded = ({ status, pausedFor }: Pick<BatchView, 'status' | 'pausedFor'>) =>
  status === 'completed' || status === 'failed' || status === 'cancelled' || pausedFor === 'sample';

/**
 * Follows a batch to its end, or until its sample waits for a person, and resolves with it. Live through the socket, which goes on where it was after a break; REST
 * tells the end where sockets do not get through. Rejects with the signal's reason when it fires: the batch goes on.
 */
export async function watchBatch(
  client: StudioClient,
  id: string,
  watcher: BatchWatcher,
): Promise<BatchView> {
  const batch = await client.batch(id);
  watcher.onProgress(batch);
  if (hasEnded(batch)) return batch;
  const { signal } = client;
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(client.url, {
    auth: { token: client.key },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
  });
  let look: NodeJS.Timeout | undefined;
  let isOver = false;
  try {
    return await new Promise<BatchView>((resolve, reject) => {
      let seq: number | undefined;
      const settle = () =>
        client.batch(id).then((now) => {
          watcher.onProgress(now);
          if (hasEnded(now)) resolve(now);
        }, reject);
      const lookLater = () => {
        if (isOver) return;
        look = setTimeout(
          () => void settle().then(lookLater),
          socket.connected ? LOOK_MS : LOOK_WITHOUT_SOCKET_MS,
        );
      };
      const onProgress = (event: BatchProgress | BatchFinished) => {
        if (event.batchId !== id) return;
        seq = event.seq;
        watcher.onProgress(event);
        if (event.type === 'finished' || hasEnded(event)) void settle();
      };
      const onSkus = (event: SkuUpdate) => {
        if (event.batchId !== id) return;
        seq = event.seq;
        watcher.onSkus(event.skus);
      };
      const onAck = (answer: SubscribeAck) => {
        if (!answer.ok) return reject(new CliError(answer.error.code, answer.error.message));
        if ('snapshot' in answer) {
          const { snapshot } = answer;
          seq = snapshot.seq;
          watcher.onProgress(snapshot.batch);
          watcher.onSkus(snapshot.skus);
          if (hasEnded(snapshot.batch)) resolve(snapshot.batch);
          return;
        }
        for (const { event, ...change } of answer.missed) {
          if (event === 'sku:update') onSkus(change as SkuUpdate);
          else onProgress(change as BatchProgress);
        }
      };
      socket.on('connect', () => {
        socket.emit(
          'batch:subscribe',
          { batchId: id, view: 'brief', ...(seq !== undefined && { seq }) },
          onAck,
        );
      });
      socket.on('batch:progress', onProgress);
      socket.on('batch:finished', onProgress);
      socket.on('sku:update', onSkus);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      lookLater();
    });
  } finally {
    isOver = true;
    clearTimeout(look);
    socket.close();
  }
}
