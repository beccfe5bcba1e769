import type { StudioClient } from './api/studio-client.ts';
import type { LiveLink } from './live/live-link.ts';
import type { PollCache } from './state/poll-cache.ts';

/** What the pages need of the outside, made once in `main.tsx`. */
export interface Studio {
  client: StudioClient;
  link: LiveLink;
  polls: PollCache;
}
