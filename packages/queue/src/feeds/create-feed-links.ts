import type { Database } from '../redis/database.ts';
import { dropFeedLink, type FeedLink, findFeedLink, keepFeedLink, readFeedLink } from './feed-links.ts';

/** Links to feeds, which marketplaces fetch without a key. */
export interface FeedLinks {
  /** The link to a feed by its id, or by tenant and name; `null`: none, or revoked. */
  feedLink(by: { id: string } | { tenant: string; name: string }): Promise<FeedLink | null>;
  /** Makes it, unless there is one. */
  makeFeedLink(tenant: string, name: string): Promise<FeedLink>;
  revokeFeedLink(tenant: string, name: string): Promise<void>;
}

export function createFeedLinks(db: Database): FeedLinks {
  return {
    feedLink: (by) => ('id' in by ? readFeedLink(db, by.id) : findFeedLink(db, by.tenant, by.name)),
    makeFeedLink: (tenant, name) => keepFeedLink(db, tenant, name),
    revokeFeedLink: (tenant, name) => dropFeedLink(db, tenant, name),
  };
}
