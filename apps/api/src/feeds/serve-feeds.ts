import { pipeline } from 'node:stream/promises';
import { ObjectKey } from '@image-studio/storage';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { DownloadSlots } from '../http/download-slots.ts';
import { sendAnswer } from '../http/send-answer.ts';
import type { RouteContext } from '../routes/context.ts';
import { answerFeed, noFeed } from './answer-feed.ts';
import type { FeedSecrets } from './feed-secrets.ts';

export interface FeedDeps extends Pick<RouteContext, 'api' | 'links' | 'store'> {
  feeds: FeedSecrets;
  downloads: DownloadSlots;
}

/** Pictures only: a feed opens nothing else of the store. */
const PICTURES = 'image-studio/';

/**
 * What opens without a key: `/feeds/<name>.xml?key=…`, and the pictures in it, `/feeds/<id>/<signature>/<key>`. These links never
 * expire, so that Google finds a picture where it was, and have the digest of the picture in their name; a feed that is
 * revoked takes them along. What is not there, not signed or revoked is the same 404.
 */
export function serveFeeds(deps: FeedDeps): RequestHandler {
  const router = Router({ caseSensitive: true });
  router.get('/:name.xml', async (request, response, next) => {
    const { key } = request.query;
    if (typeof key !== 'string') return next();
    response.locals.route = '/feeds/:name.xml';
    const [id = '', signature = ''] = key.split('.');
    const link = await deps.api.feedLink({ id: id.slice(0, 64) });
    if (link === null || !(await deps.feeds.isKeyOf(link, signature)) || link.name !== request.params.name)
      throw noFeed();
    response.once('close', deps.downloads.enter(link.tenant));
    const { links, feeds } = deps;
    const isForGood = links.expiry() === null;
    const linkOf = async (objectKey: string) =>
      isForGood
        ? links.object(objectKey)
        : links.feedPicture(link.id, await feeds.signPicture(link, objectKey), objectKey);
    const answer = await answerFeed(
      deps,
      link,
      { linkOf, tag: isForGood ? '' : link.id },
      request.headers['if-none-match'],
    );
    await sendAnswer(response, answer);
  });
  router.get('/:id/:signature/*key', async (request, response) => {
    response.locals.route = '/feeds/:id/:signature/:key';
    const { id = '', signature = '' } = request.params as { id?: string; signature?: string };
    const parsed = ObjectKey.safeParse([request.params.key].flat().join('/'));
    const link =
      parsed.success && parsed.data.startsWith(PICTURES)
        ? await deps.api.feedLink({ id: id.slice(0, 64) })
        : null;
    if (!parsed.success || link === null || !(await deps.feeds.isPictureOf(link, parsed.data, signature)))
      throw noFeed();
    await sendPicture(deps, parsed.data, request, response);
  });
  return router;
}

async function sendPicture(
  { store }: FeedDeps,
  key: string,
  request: Request,
  response: Response,
): Promise<void> {
  const stored = await store.head(key);
  if (stored === null) throw noFeed();
  response.set({
    'content-type': stored.contentType,
    'content-length': String(stored.bytes),
    etag: stored.etag,
    'last-modified': stored.modifiedAt.toUTCString(),
    // The key has the picture's own digest in it: another picture is another link.
    'cache-control': 'public, max-age=86400',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  });
  if (request.headers['if-none-match'] === stored.etag) {
    response.status(304).end();
    return;
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const found = await store.stream(key);
  if (found === null) throw noFeed();
  await pipeline(found.body, response).catch((error: NodeJS.ErrnoException) => {
    // A reader that hangs up is nobody's fault.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
