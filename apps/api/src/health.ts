import type { StudioApi } from '@image-studio/queue';
import { checkWithin, type ObjectStore } from '@image-studio/storage';
import { type RequestHandler, Router } from 'express';
import { ProblemError } from './http/problem-error.ts';
import { RETRY_AFTER_SECONDS } from './http/problem-of.ts';

/** The store is asked at most this often: a check writes an object. */
const STORE_CHECK_EVERY_MS = 5000;
const STORE_TIMEOUT_MS = 2000;

/**
 * `/healthz`: the process lives. `/readyz`: 503 with the reasons while Redis or the store is away; else 200, with the
 * messages that wait for an operator.
 */
export function health(
  api: Pick<StudioApi, 'ping' | 'operatorMessages'>,
  store: Pick<ObjectStore, 'check'>,
): RequestHandler {
  const checkStore = atMostEvery(STORE_CHECK_EVERY_MS, () => checkWithin(store, STORE_TIMEOUT_MS));
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const [redis, objects] = await Promise.allSettled([api.ping(), checkStore()]);
    const reasons = [
      ...(redis.status === 'rejected' ? [`Redis: ${sentence(redis.reason)}`] : []),
      ...(objects.status === 'rejected' ? [`object store: ${sentence(objects.reason)}`] : []),
    ];
    if (reasons.length > 0) {
      throw new ProblemError(503, 'NOT_READY', reasons.join('; '), {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
    response
      .set('cache-control', 'no-store')
      .json({ status: 'ready', messages: await api.operatorMessages() });
  });
  return router;
}

function sentence(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Shares one outcome, good or bad, among everybody who asks within `intervalMs`. */
function atMostEvery(intervalMs: number, work: () => Promise<void>): () => Promise<void> {
  let startedAt = Number.NEGATIVE_INFINITY;
  let outcome: Promise<void> = Promise.resolve();
  return () => {
    if (performance.now() - startedAt >= intervalMs) {
      startedAt = performance.now();
      outcome = work();
    }
    return outcome;
  };
}
