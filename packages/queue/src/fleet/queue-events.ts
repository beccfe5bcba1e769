import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEvents } from 'bullmq';
import { batchIdOfJob } from '../jobs/job-ids.ts';
import { connectPatient } from '../redis/connect.ts';
import type { RedisGate } from '../redis/redis-gate.ts';
import { goWithoutInfo, type RedisServer } from '../redis/redis-options.ts';

const EVENTS = [
  'added',
  'active',
  'progress',
  'completed',
  'failed',
  'waiting-children',
  'delayed',
  'stalled',
] as const;

/** A reader that has not closed by then is left alone. */
const PATIENCE_MS = 1000;

export interface QueueEventsReader {
  close(): Promise<void>;
}

/**
 * Reads the event streams of these queues and says which batch each event is about. That is all it says: events may be
 * lost or doubled, so a listener looks the truth up in the batch store.
 */
export function readQueueEvents(
  server: RedisServer,
  prefix: string,
  queueNames: readonly string[],
  onBatch: (batchId: string) => void,
  isInfoForbidden: boolean,
  gate: Pick<RedisGate, 'owns'>,
): QueueEventsReader {
  const readers = queueNames.map((name) => {
    const redis = connectPatient(server);
    if (isInfoForbidden) goWithoutInfo(redis);
    redis.on('error', () => {}); // reconnects by itself; readiness reports it
    // A replica lets it read, and may have nothing new to tell for ever.
    gate.owns(redis);
    const events = new QueueEvents(name, { connection: redis, prefix });
    events.on('error', () => {});
    for (const event of EVENTS) {
      events.on(event, ({ jobId }: { jobId: string }) => {
        const batchId = batchIdOfJob(jobId);
        if (batchId !== null) onBatch(batchId);
      });
    }
    return { redis, events };
  });
  return {
    async close() {
      const patience = new AbortController();
      const closing = Promise.all(readers.map(({ events }) => events.close()));
      // BullMQ waits for the end of a connection; one that has no socket just now never tells of it.
      const late = sleep(PATIENCE_MS, undefined, { signal: patience.signal });
      for (const promise of [closing, late]) promise.catch(() => {});
      await Promise.race([closing, late]);
      patience.abort();
      for (const { redis } of readers) redis.disconnect();
    },
  };
}
