import { performance } from 'node:perf_hooks';
import type { Logger, Metrics } from '@image-studio/runtime';
import { bound } from '@image-studio/tracing';
import type { RequestHandler } from 'express';

/** A client may invent others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * One line a request. It names the route's pattern, not the path: paths hold SKU codes, and queries hold signatures.
 * Reading is logged at `debug`, because a dashboard and a probe read all the time.
 */
export function logRequests(log: Logger, metrics: Pick<Metrics, 'httpDuration'>): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const onClose = bound(() => {
      const ms = performance.now() - start;
      const { statusCode } = response;
      metrics.httpDuration.observe(
        {
          method: METHODS.includes(request.method) ? request.method : 'other',
          route: response.locals.route ?? 'other',
          status: `${Math.floor(statusCode / 100)}xx`,
        },
        ms / 1000,
      );
      const isChange = request.method !== 'GET' && request.method !== 'HEAD';
      log[isChange ? 'info' : 'debug'](
        {
          method: request.method,
          route: response.locals.route,
          status: response.statusCode,
          ms: Math.round(ms),
          complete: response.writableFinished,
        },
        'request',
      );
    });
    response.once('close', onClose);
    next();
  };
}
