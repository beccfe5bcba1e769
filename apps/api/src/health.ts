import type { StudioApi } from '@image-studio/queue';
import { type RequestHandler, Router } from 'express';
import { ProblemError } from './http/problem-error.ts';
import { RETRY_AFTER_SECONDS } from './http/problem-of.ts';
import type { Probe } from './probe.ts';

/**
 * `/healthz`: the process lives. `/readyz`: 503 with the reasons while Redis or the store is away; else 200, with the
 * messages that wait for an operator.
 */
export function health(
  api: Pick<StudioApi, 'operatorMessages' | 'redisCondition'>,
  probe: Probe,
): RequestHandler {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const { redis, store } = await probe();
    const reasons = [
      ...(redis.ok ? [] : [redis.message]),
      ...(store.ok ? [] : [`object store: ${store.message}`]),
    ];
    if (reasons.length > 0) {
      throw new ProblemError(503, 'NOT_READY', reasons.join('; '), {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
    const messages = [...(await api.operatorMessages()), ...api.redisCondition().messages];
    response.set('cache-control', 'no-store').json({ status: 'ready', messages });
  });
  return router;
}
