import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { outageOf, RedisUnavailable, type StudioApi } from '@image-studio/queue';
import type { Express, RequestHandler, Response } from 'express';
import { authenticateBasic } from './auth/authenticate-basic.ts';
import { authorize } from './auth/authorize.ts';
import type { RequestPipeline } from './http/mount-routes.ts';

export const BOARD_PATH = '/admin/queues';

/**
 * Bull Board behind a key of the default tenant (it shows the jobs of all tenants); it can change things only with an
 * admin's. Its two forms are made when they are first asked for, because the queues exist only once Redis does.
 */
export function board(
  api: Pick<StudioApi, 'boardQueues'>,
  { admission, audit }: RequestPipeline,
): RequestHandler {
  const boards = new Map<boolean, RequestHandler>();
  return (request, response, next) => {
    response.locals.route = BOARD_PATH;
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    const action = `board ${request.method} ${request.path.slice(0, 200)}`;
    const principal = admission.request(request, response, () => ({ action }), authenticateBasic);
    if (changes) audit.action(request, response, () => ({ action }));
    // Its own read-only mode comes on top: it hides the buttons.
    authorize(principal, { role: changes ? 'admin' : 'viewer', fleet: true });
    const readOnly = principal.role !== 'admin';
    const handler = boards.get(readOnly) ?? createBoard(api, readOnly);
    boards.set(readOnly, handler);
    withoutForeignFonts(response);
    handler(request, response, next);
  };
}

/** Its page asks another company for fonts; our policy refuses that, and the browser would complain each time. */
function withoutForeignFonts(response: Response): void {
  const send = response.send.bind(response);
  response.send = (body) =>
    send(typeof body === 'string' ? body.replace(/<link href="https:\/\/fonts\.[^>]*>/, '') : body);
}

/** Leaves an outage of Redis to our own error handler, which says 503 and when to come again. */
class BoardAdapter extends ExpressAdapter {
  override setErrorHandler(handler: Parameters<ExpressAdapter['setErrorHandler']>[0]): this {
    return super.setErrorHandler((error) => {
      const outage = outageOf(error);
      if (outage) throw new RedisUnavailable(outage.reason, { cause: error });
      return handler(error);
    });
  }
}

function createBoard(api: Pick<StudioApi, 'boardQueues'>, readOnlyMode: boolean): RequestHandler {
  const serverAdapter = new BoardAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: api.boardQueues().map((queue) => new BullMQAdapter(queue, { readOnlyMode })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Image Studio' } },
  });
  const app = serverAdapter.getRouter() as Express;
  app.disable('x-powered-by');
  return app;
}
