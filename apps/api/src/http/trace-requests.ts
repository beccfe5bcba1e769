import { randomUUID } from 'node:crypto';
import {
  bound,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  runIn,
  startSpan,
} from '@image-studio/tracing';
import type { RequestHandler } from 'express';

/** What a log, a header and a person's search field can hold. */
const REQUEST_ID = /^[\w.:@+/=-]{1,128}$/;

/**
 * Takes over `traceparent` and `x-request-id`, or makes them, and answers both. All that is done for the request, also later
 * and in other processes, is done in that context: log lines name it, and spans are part of it.
 */
export const traceRequests: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  const header = request.headers.traceparent;
  const parent = parseTraceparent(typeof header === 'string' ? header : undefined);
  const span = startSpan(request.method, {
    kind: 'server',
    parent: parent && { ...parent, requestId },
    attributes: { 'http.request.method': request.method },
  });
  const context = { ...(span.context ?? newTrace(false)), requestId };
  response.setHeader('x-request-id', requestId);
  response.setHeader('traceparent', formatTraceparent(context));
  runIn(context, () => {
    response.once(
      'close',
      bound(() => {
        const { route } = response.locals as { route?: string };
        span.rename(route === undefined ? request.method : `${request.method} ${route}`);
        span.set({ 'http.route': route, 'http.response.status_code': response.statusCode });
        if (response.statusCode >= 500) span.fail(String(response.statusCode));
        span.end();
      }),
    );
    next();
  });
};
