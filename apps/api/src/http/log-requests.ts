import { performance } from 'node:perf_hooks';
import type { Logger } from '@image-studio/runtime';
import type { RequestHandler } from 'express';

/**
 * One line a request. It names the route's pattern, not the path: paths hold SKU codes, and queries hold signatures.
 * Reading is logged at `debug`, because a dashboard and a probe read all the time.
 */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.once('close', () => {
      const isChange = request.method !== 'GET' && request.method !== 'HEAD';
      log[isChange ? 'info' : 'debug'](
        {
          method: request.method,
          route: response.locals.route,
          status: response.statusCode,
          ms: Math.round(performance.now() - start),
          complete: response.writableFinished,
        },
        'request',
      );
    });
    next();
  };
}
