import type { AddressGuard } from '@image-studio/address-guard';
import type { BatchOptions, BatchPlan } from '@image-studio/contract';
import type { ModelTraits } from '@image-studio/planning';
import type { StudioApi } from '@image-studio/queue';
import type { ObjectStore } from '@image-studio/storage';
import type { KeyRing } from '../auth/key-ring.ts';
import type { FeedSecrets } from '../feeds/feed-secrets.ts';
import type { DownloadSlots } from '../http/download-slots.ts';
import type { KnownModels } from '../known-models.ts';
import type { Probe } from '../probe.ts';
import type { FetchFeed } from '../pull/fetch-feed.ts';
import type { Uploads } from '../uploads/create-uploads.ts';
import type { Links } from '../views/links.ts';

/** The ports that handlers use. */
export interface RouteContext {
  /** How Redis and the store are. */
  probe: Probe;
  api: StudioApi;
  links: Links;
  /** Makes tickets for browsers. */
  keyRing: Pick<KeyRing, 'ticketFor'>;
  store: ObjectStore;
  /** Photos that clients upload. */
  uploads: Uploads;
  fetchFeed: FetchFeed;
  /** Feeds that are pulled at the moment. */
  pulls: DownloadSlots;
  /** Signs the links of feeds; `null` where no keys are configured and everything is open. */
  feeds: FeedSecrets | null;
  /** What the default model can do and costs. */
  traits: ModelTraits;
  /** Every model that batches may name. */
  catalogue: KnownModels;
  /** What can be said of the model that a new batch gets. */
  traitsOf(options: BatchOptions): ModelTraits;
  /** The plan of a new batch of a tenant. Throws 422 for a lane that it cannot have. */
  planFor(tenant: string, options: BatchOptions): BatchPlan;
  /** Where webhooks may go, as far as an address gives it away. */
  outgoing: Pick<AddressGuard, 'check'>;
  /** What the secrets of tenants' webhooks are derived from; the first one makes new ones. */
  webhookRoots: readonly string[];
}
