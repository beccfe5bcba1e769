import { ProblemError } from '../http/problem-error.ts';
import type { Answer } from '../http/route.ts';
import type { RouteContext } from '../routes/context.ts';
import { batchesOfFeed, feedEtag, googleFeed } from './google-feed.ts';

/** How pictures of a feed are linked, and what tells one way of linking from another. */
export interface FeedLinking {
  linkOf(key: string): Promise<string>;
  /** Part of the `ETag`: whatever changes links changes the feed. */
  tag: string;
}

/** A feed, or 304 when it is as the reader has it. Throws 404 when there is no batch of this id or name. */
export async function answerFeed(
  { api, links }: Pick<RouteContext, 'api' | 'links'>,
  { tenant, name }: { tenant: string; name: string },
  { linkOf, tag }: FeedLinking,
  condition: string | undefined,
): Promise<Answer> {
  const batches = await batchesOfFeed(api, tenant, name);
  const [newest] = batches;
  if (newest === undefined) throw noFeed();
  const etag = feedEtag(batches, `${name} ${tag}`);
  const headers = {
    etag,
    'cache-control': 'private, no-cache',
    'content-type': 'application/xml; charset=utf-8',
  };
  const known = (condition ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return { status: 304, headers };
  const source = { api, linkOf, title: newest.name ?? newest.id, link: links.batch(newest.id) };
  return { status: 200, headers, stream: googleFeed(batches, source) };
}

export function noFeed(): ProblemError {
  return new ProblemError(404, 'FEED_NOT_FOUND', 'There is no such feed, or its link was revoked.');
}
