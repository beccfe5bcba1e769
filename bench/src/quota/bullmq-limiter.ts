import { startTestRedis } from '@image-studio/testkit';
import { Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
import { askGemini } from '../ask-gemini.ts';
import type { Baseline } from './baselines.ts';

/** Calls at once of each of the two workers. */
const CONCURRENCY = 32;

/**
 * BullMQ as its documentation shows it: one job for each picture, two workers, a limiter of the whole quota a minute, and when the provider says 429,
 * `rateLimit()` for as long as it asks.
 */
export const bullmqLimiter: Baseline = async (provider, photos, callsPerMinute) => {
  const redis = await startTestRedis();
  const connection = { url: redis.url, maxRetriesPerRequest: null };
  const queue = new Queue('plain', { connection });
  const events = new QueueEvents('plain', { connection });
  const workers = [1, 2].map(() => {
    const worker: Worker = new Worker(
      'plain',
      async ({ data }) => {
        const answer = await askGemini(provider, photos[data.n] ?? '');
        const text = await answer.text();
        if (answer.ok) return;
        if (answer.status !== 429) throw new UnrecoverableError(`the model answers ${answer.status}`);
        // In whole milliseconds: the job fails on anything else.
        await worker.rateLimit(Math.ceil(Number(/retry in ([\d.]+)s/.exec(text)?.[1] ?? 1) * 1000));
        throw Worker.RateLimitError();
      },
      { connection, concurrency: CONCURRENCY, limiter: { max: callsPerMinute, duration: 60_000 } },
    );
    return worker;
  });
  // Each job that is waited for listens to both.
  for (const emitter of [queue, events]) emitter.setMaxListeners(0);
  try {
    await events.waitUntilReady();
    const jobs = await queue.addBulk(photos.map((_, n) => ({ name: 'call', data: { n } })));
    await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all([events.close(), queue.close()]);
    await redis.stop();
  }
};
