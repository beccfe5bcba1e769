import { z } from 'zod';
import { answerFeed } from '../feeds/answer-feed.ts';
import { type Route, route } from '../http/route.ts';
import { BatchPath } from './batch-path.ts';
import type { RouteContext } from './context.ts';
import { findBatch } from './find-batch.ts';

const FeedLinkView = z
  .object({
    /** Of the batches in the feed; the id of the batch where it has no name. */
    name: z.string(),
    /** Opens the feed without a key; `null`: there is none, or it was revoked. */
    url: z.string().nullable(),
    madeAt: z.string().nullable(),
  })
  .meta({ id: 'FeedLink' });

/** Feeds for Google, and the links that open them without a key. */
export function feedRoutes(context: RouteContext): Route[] {
  const { api, links, feeds } = context;
  const nameOf = async (id: string, tenant: string) => {
    const batch = await findBatch(api, id, tenant);
    return batch.name ?? batch.id;
  };
  const view = async (name: string, link: Awaited<ReturnType<typeof api.feedLink>>) => ({
    name,
    url: feeds === null ? links.feed(name) : link && links.feed(name, await feeds.keyOf(link)),
    madeAt: link && new Date(link.at).toISOString(),
  });
  return [
    route({
      method: 'get',
      path: '/feeds/:name.xml',
      operationId: 'getFeed',
      tag: 'feeds',
      summary:
        'A supplemental feed for Google (id, image_link, additional_image_link): of one batch by its id, or of all batches of a name',
      role: 'viewer',
      isDownload: true,
      params: z.object({ name: z.string().min(1).max(200) }),
      answers: {
        200: { description: 'RSS 2.0, streamed, with an `ETag`', mediaType: 'application/xml' },
        304: { description: 'As it was: `If-None-Match` names its `ETag`' },
      },
      problems: { 404: 'No batch of this id or name' },
      handle: ({ params: { name }, headers, principal: { tenant } }) =>
        answerFeed(
          context,
          { tenant, name },
          { linkOf: links.object, tag: links.expiry() ?? '' },
          headers['if-none-match'],
        ),
    }),
    route({
      method: 'get',
      path: '/batches/:id/feed',
      operationId: 'getFeedLink',
      tag: 'feeds',
      summary: 'The link that opens the feed of a batch, and of all others of its name, without a key',
      role: 'viewer',
      params: BatchPath,
      answers: { 200: { description: 'The link, if there is one', schema: FeedLinkView } },
      problems: { 404: 'No such batch' },
      async handle({ params, principal: { tenant } }) {
        const name = await nameOf(params.id, tenant);
        return { status: 200, body: await view(name, await api.feedLink({ tenant, name })) };
      },
    }),
    route({
      method: 'post',
      path: '/batches/:id/feed',
      operationId: 'makeFeedLink',
      tag: 'feeds',
      summary: 'Make that link, unless there is one',
      role: 'operator',
      params: BatchPath,
      answers: { 200: { description: 'The link', schema: FeedLinkView } },
      problems: { 404: 'No such batch' },
      async handle({ params, principal: { tenant } }) {
        const name = await nameOf(params.id, tenant);
        return { status: 200, body: await view(name, await api.makeFeedLink(tenant, name)) };
      },
    }),
    route({
      method: 'delete',
      path: '/batches/:id/feed',
      operationId: 'revokeFeedLink',
      tag: 'feeds',
      summary: 'Revoke that link, with the links to pictures in it; the next one has another secret',
      role: 'operator',
      params: BatchPath,
      answers: { 204: { description: 'Nobody gets in by it any more' } },
      problems: { 404: 'No such batch' },
      async handle({ params, principal: { tenant } }) {
        await api.revokeFeedLink(tenant, await nameOf(params.id, tenant));
        return { status: 204 };
      },
    }),
  ];
}
