import type { AddressGuard } from '@image-studio/address-guard';
import type { BatchOptions } from '@image-studio/contract';
import { defaultOf, knownModelFor, LOCAL_TRAITS, planFor, traitsFor } from '@image-studio/planning';
import { batchOfferName, type StudioApi } from '@image-studio/queue';
import type { Logger, Metrics, MetricsAccess } from '@image-studio/runtime';
import type { ObjectStore } from '@image-studio/storage';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Admission } from './auth/admission.ts';
import type { Audit } from './auth/audit.ts';
import { authenticateBasic } from './auth/authenticate-basic.ts';
import { authorize } from './auth/authorize.ts';
import type { OriginGuard } from './auth/origin-guard.ts';
import { DEFAULT_TENANT } from './auth/principal.ts';
import { BOARD_PATH, board } from './board.ts';
import { dashboard } from './dashboard.ts';
import { createFeedSecrets } from './feeds/feed-secrets.ts';
import { serveFeeds } from './feeds/serve-feeds.ts';
import { serveFiles } from './files.ts';
import { health } from './health.ts';
import { createBodyMemory } from './http/body-memory.ts';
import { docsPage } from './http/docs-page.ts';
import { createDownloadSlots } from './http/download-slots.ts';
import { logRequests } from './http/log-requests.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { openApi } from './http/openapi.ts';
import { ProblemError } from './http/problem-error.ts';
import { sendProblem } from './http/send-problem.ts';
import { traceRequests } from './http/trace-requests.ts';
import type { KnownModels } from './known-models.ts';
import type { LinkSecrets } from './link-secret.ts';
import { exposeMetrics } from './metrics.ts';
import { createProbe } from './probe.ts';
import type { FetchFeed } from './pull/fetch-feed.ts';
import type { RouteContext } from './routes/context.ts';
import { routeTable } from './routes/route-table.ts';
import { checkLane } from './submission/check-lane.ts';
import { refuseUnknownModels } from './submission/refuse-unknown-models.ts';
import type { Uploads } from './uploads/create-uploads.ts';
import type { Links } from './views/links.ts';

export interface AppDeps {
  api: StudioApi;
  store: ObjectStore;
  uploads: Uploads;
  links: Links;
  catalogue: KnownModels;
  /** Whether all tenants reuse each other's paid pictures. */
  shareLedger: boolean;
  /** How long an hour of the economy lane lasts. */
  economyHourMs: number;
  /** `batchOfferName` of models that say of themselves that they make no batches of calls. */
  withoutBatches(): ReadonlySet<string>;
  /** Where webhooks may go. */
  outgoing: Pick<AddressGuard, 'check'>;
  webhookRoots: readonly string[];
  fetchFeed: FetchFeed;
  admission: Admission;
  keyRing: RouteContext['keyRing'];
  audit: Audit;
  guard: OriginGuard;
  metrics: Metrics;
  metricsAccess: MetricsAccess;
  log: Logger;
  version: string;
  /** Folder of the built dashboard; need not exist. */
  dashboardDir: string;
  /** Set when links to files are signed. */
  linkSecrets: LinkSecrets | undefined;
  secureHeaders: RequestHandler;
}

const DOCUMENT_PATH = '/api/v1/openapi.json';

/** Each holds some 60 MB for a minute. */
const PULLS_AT_ONCE = { altogether: 2, ofTenant: 1 };

/** The whole HTTP side; it listens nowhere. */
export function createApp(deps: AppDeps): Express {
  const { api, store, uploads, links, log, catalogue, shareLedger, outgoing, webhookRoots } = deps;
  const { traits } = defaultOf(catalogue);
  const probe = createProbe(api, store);
  const traitsOf = (options: BatchOptions) => {
    const { batchPriceFactor, ...others } = traitsFor(options, catalogue);
    const known = knownModelFor(options, catalogue);
    const hasBatches =
      batchPriceFactor !== undefined &&
      !(known && deps.withoutBatches().has(batchOfferName(known.pool, known.traits.defaultModel)));
    return { ...others, ...(hasBatches && { batchPriceFactor }) };
  };
  const planOf = (tenant: string, options: BatchOptions) => {
    refuseUnknownModels(options, catalogue);
    checkLane(options, traitsOf(options), deps.economyHourMs);
    return planFor(options, catalogue, shareLedger || tenant === DEFAULT_TENANT ? '' : tenant);
  };
  const feeds = deps.linkSecrets === undefined ? null : createFeedSecrets(deps.linkSecrets);
  const context = {
    keyRing: deps.keyRing,
    api,
    links,
    probe,
    store,
    uploads,
    traits,
    catalogue,
    planFor: planOf,
    traitsOf,
    outgoing,
    webhookRoots,
    feeds,
    fetchFeed: deps.fetchFeed,
    pulls: createDownloadSlots(PULLS_AT_ONCE),
  };
  const routes = routeTable(context);
  const document = openApi(routes, deps.version);

  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(traceRequests);
  app.use(logRequests(log, deps.metrics));
  app.use(deps.secureHeaders);
  app.use((request, _response, next) => {
    deps.guard(request);
    next();
  });

  app.use(health(api, probe));
  if (deps.metricsAccess !== 'off') {
    const admit = deps.metricsAccess === 'key' ? ownersOfFleet(deps) : undefined;
    app.use(exposeMetrics(deps.metrics, api, admit, traits !== LOCAL_TRAITS));
  }
  app.get(DOCUMENT_PATH, (_request, response) => void response.json(document));
  app.use('/docs', docsPage(DOCUMENT_PATH, document.info.title));
  const door = {
    admission: deps.admission,
    audit: deps.audit,
    bodyMemory: createBodyMemory(),
    downloads: createDownloadSlots(),
  };
  if (feeds !== null) {
    app.use('/api/v1/feeds', serveFeeds({ api, links, store, feeds, downloads: door.downloads }));
  }
  app.use('/api/v1', mountRoutes(routes, door));
  if (store.kind === 'file') app.use('/files', serveFiles(store, deps.linkSecrets));
  app.use(BOARD_PATH, board(api, door));
  app.use(dashboard(deps.dashboardDir));

  app.use((request) => {
    throw new ProblemError(404, 'NOT_FOUND', `There is nothing at this address for ${request.method}.`);
  });
  app.use(sendProblem(log));
  return app;
}

/** Lets keys of the default tenant read metrics, which tell of all tenants; Prometheus sends a bearer key or Basic. */
function ownersOfFleet({ admission }: AppDeps) {
  return (request: Request, response: Response): void => {
    const principal = admission.request(
      request,
      response,
      () => ({ action: 'readMetrics' }),
      authenticateBasic,
    );
    authorize(principal, { role: 'viewer', fleet: true });
  };
}
