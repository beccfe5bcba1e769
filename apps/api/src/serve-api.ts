import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAddressGuard } from '@image-studio/address-guard';
import type { PictureWork } from '@image-studio/imaging/pool';
import { defaultOf } from '@image-studio/planning';
import { createStudioApi, type UnsupportedRedis } from '@image-studio/queue';
import { type ApiConfig, createMetrics, type Logger, redisOf } from '@image-studio/runtime';
import { createObjectStore } from '@image-studio/storage';
import { createAdmission } from './auth/admission.ts';
import { createAudit } from './auth/audit.ts';
import { createKeyRing } from './auth/key-ring.ts';
import { createOriginGuard } from './auth/origin-guard.ts';
import { BOARD_PATH } from './board.ts';
import { closeServer } from './close-server.ts';
import { createApp } from './create-app.ts';
import { createLimitedServer } from './http/limited-server.ts';
import { securityHeaders } from './http/security-headers.ts';
import { imageOrigins } from './image-origins.ts';
import { furtherPools, knowModels } from './known-models.ts';
import { createLinkSecrets } from './link-secret.ts';
import { createFeedFetcher } from './pull/fetch-feed.ts';
import { relayEvents, SOCKET_PATH } from './relay/relay.ts';
import { readBatchOffers } from './submission/batch-offers.ts';
import { createUploads } from './uploads/create-uploads.ts';
import { createLinks } from './views/links.ts';

/** Share of the time to shut down that running requests may take; the rest is for closing what they used. */
const GRACE_SHARE = 0.7;

/**
 * A client waits for what the API reads, so a bucket that hangs is given up sooner than in a worker: within about ten
 * seconds, also where nobody else looks at the clock.
 */
const S3_WAITS = { connectTimeoutMs: 2_000, requestTimeoutMs: 5_000, maxAttempts: 2 };

export interface ServeOptions {
  log: Logger;
  version: string;
  dashboardDir: string;
  /** Looks at uploaded photos; closed with the API. */
  pictures: Pick<PictureWork, 'examine' | 'close'>;
  /** Node's own metrics; off in tests, which run many servers in one process. Default: on. */
  processMetrics?: boolean;
  /** Told when `REDIS_URL` leads to a Redis that cannot be used at all. */
  onUnsupported?: (error: UnsupportedRedis) => void;
}

export interface ServedApi {
  /** Where it listens. */
  url: string;
  /** Stops listening, finishes running requests, lets go of browsers, Redis and the store. */
  close(): Promise<void>;
}

/** The API process: opens everything, wires it, listens. Rejects when the port is taken. */
export async function serveApi(config: ApiConfig, options: ServeOptions): Promise<ServedApi> {
  const { log } = options;
  const server = createLimitedServer(SOCKET_PATH);
  server.listen(config.port, config.host);
  await once(server, 'listening');
  // From here to the last line nothing waits, so no request can arrive before there is somebody to answer it.
  const url = `http://${bracketed(config.host)}:${(server.address() as AddressInfo).port}`;
  const publicUrl = config.publicUrl ?? url;

  const catalogue = knowModels(config.catalogue);
  const { traits } = defaultOf(catalogue);
  const quota = { ...config.quota, model: traits.defaultModel };
  const api = createStudioApi({
    ...redisOf(config),
    prefix: config.queuePrefix,
    quota,
    pools: furtherPools(catalogue),
    retentionDays: config.retentionDays,
    publicUrl,
    log,
    ...(options.onUnsupported && { onUnsupported: options.onUnsupported }),
  });
  // Without keys links are open, like everything else.
  const linkSecrets = config.apiKeys.length > 0 ? createLinkSecrets(config.linkSecrets, api) : undefined;
  const store = createObjectStore(
    config.store.kind === 'file'
      ? { ...config.store, publicUrl, ...(linkSecrets && { linkSecret: linkSecrets.signing }) }
      : { ...config.store, ...S3_WAITS },
  );
  const links = createLinks(publicUrl, store);
  const uploads = createUploads({
    api,
    store,
    pictures: options.pictures,
    config: config.uploads,
    log,
  });
  const addressGuard = createAddressGuard(config.outgoing);
  const ring = createKeyRing(config.apiKeys);
  const audit = createAudit(log);
  const admission = createAdmission(ring, config.requestsPerMinute, audit);
  const guard = createOriginGuard({ open: ring.open, publicUrl: config.publicUrl });

  const metrics = createMetrics({ processMetrics: options.processMetrics ?? true });
  metrics.buildInfo.set({ version: options.version, node: process.version }, 1);

  const secureHeaders = securityHeaders({
    imageOrigins: imageOrigins(config.store),
    isHttps: publicUrl.startsWith('https:'),
    inlineStyles: BOARD_PATH,
  });

  server.on(
    'request',
    createApp({
      api,
      store,
      uploads,
      links,
      catalogue,
      shareLedger: config.shareLedger,
      economyHourMs: config.economyHourMs,
      withoutBatches: readBatchOffers(api),
      outgoing: addressGuard,
      fetchFeed: createFeedFetcher(addressGuard, `ImageStudio/${options.version}`),
      webhookRoots: config.webhooks.roots,
      admission,
      keyRing: ring,
      audit,
      guard,
      log,
      linkSecrets,
      metricsAccess: config.metricsAccess,
      metrics,
      version: options.version,
      dashboardDir: options.dashboardDir,
      secureHeaders,
    }),
  );
  const relay = relayEvents({ server, api, links, admission, guard, log, metrics, secureHeaders });

  return {
    url,
    async close() {
      await closeServer(server, relay.close, config.shutdownTimeoutMs * GRACE_SHARE);
      await uploads.close();
      await api.close();
      await store.close();
    },
  };
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
