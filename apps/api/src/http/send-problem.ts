import type { Logger } from '@image-studio/runtime';
import type { ErrorRequestHandler, Response } from 'express';
import { problemOf } from './problem-of.ts';

/** The last stop of every error: answers with a problem document, and logs what was not the client's fault. */
export function sendProblem(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { problem, headers } = problemOf(error);
    if (problem.status >= 500) {
      const fields = { err: error, method: request.method, route: routeOf(response), code: problem.code };
      if (problem.status === 500) log.error(fields, 'request failed');
      // Probes ask all the time, at start above all; /readyz itself is where to look.
      else if (problem.code === 'NOT_READY') log.debug(fields, 'not ready');
      else log.warn({ ...fields, err: undefined, reason: String(error) }, 'request refused for now');
    }
    if (response.headersSent) {
      // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
      response.destroy();
      return;
    }
    response.status(problem.status).set({ 'cache-control': 'no-store', ...headers });
    response.type('application/problem+json').send(JSON.stringify(problem));
  };
}

function routeOf(response: Response): unknown {
  return response.locals.route;
}
