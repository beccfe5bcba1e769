import type { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';

/** How often the batches' sequence numbers are looked at, to know when each change happened. */
const LOOK_MS = 50;

export interface RelayWatch {
  /** Ends the watching; resolves to how late each event came, in milliseconds. */
  close(): Promise<number[]>;
}

/**
 * Browsers that follow the batches, evenly spread. An event is as late as the oldest change that it tells of: the first
 * that Redis had after what this browser had been told. That is known to `LOOK_MS`.
 */
export async function watchRelay(
  url: string,
  redis: Redis,
  ids: string[],
  clients: number,
): Promise<RelayWatch> {
  /** When each batch was first seen at a number, oldest first. */
  const seen = new Map(ids.map((id) => [id, [] as { seq: number; at: number }[]]));
  const lags: number[] = [];

  const look = async () => {
    const seqs = await Promise.all(ids.map((id) => redis.hget(`studio:batch:${id}`, 'seq')));
    const at = performance.now();
    ids.forEach((id, position) => {
      const list = seen.get(id) ?? [];
      const seq = Number(seqs[position]);
      if (seq > (list.at(-1)?.seq ?? 0)) list.push({ seq, at });
    });
  };
  let isClosed = false;
  const looking = (async () => {
    while (!isClosed) {
      const started = performance.now();
      await look();
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(1, LOOK_MS - (performance.now() - started))),
      );
    }
  })();

  const sockets: Socket[] = [];
  for (let n = 0; n < clients; n += 1) {
    const socket = io(url, { transports: ['websocket'] });
    sockets.push(socket);
    const batchId = ids[n % ids.length] ?? '';
    let told = Number.POSITIVE_INFINITY;
    let looked = 0;
    socket.on('batch:progress', ({ seq }: { seq: number }) => {
      const list = seen.get(batchId) ?? [];
      while (looked < list.length && (list[looked]?.seq ?? 0) <= told) looked += 1;
      const oldest = list[looked];
      if (oldest !== undefined && oldest.seq <= seq) lags.push(performance.now() - oldest.at);
      told = seq;
    });
    const { snapshot } = (await socket.timeout(10_000).emitWithAck('batch:subscribe', { batchId })) as {
      snapshot: { seq: number };
    };
    told = snapshot.seq;
  }
  return {
    async close() {
      isClosed = true;
      await looking;
      for (const socket of sockets) socket.disconnect();
      return lags;
    },
  };
}
