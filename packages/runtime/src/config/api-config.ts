import { isIP } from 'node:net';
import { z } from 'zod';
import { type ApiKey, ApiKeys } from './api-keys.ts';
import { EconomySlice } from './economy-slice.ts';
import { LinkSlice } from './link-slice.ts';
import { type ModelChoice, modelChoiceSlice } from './model-slice.ts';
import { type ProcessConfig, ProcessSlice } from './process-slice.ts';
import { type QuotaConfig, quotaSlice } from './quota-slice.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { RetentionSlice } from './retention-slice.ts';
import { type OutgoingConfig, OutgoingSlice } from './source-slice.ts';
import { DataDirSlice, type StoreConfig, storeSlice } from './store-slice.ts';
import { catalogueSlice, type ModelCatalogue, ofDefault } from './studio-models.ts';
import { type TracingConfig, TracingSlice } from './tracing-slice.ts';
import { type UploadConfig, UploadSlice } from './upload-slice.ts';
import { variable } from './variable.ts';
import { type WebhookConfig, WebhookSlice } from './webhook-slice.ts';

/** Configuration of the API process; frozen, all units in the names. */
export interface ApiConfig extends ProcessConfig {
  /** 0: any free port. */
  port: number;
  /** Empty only on a loopback host. */
  apiKeys: readonly ApiKey[];
  /** Requests a minute of one key; 0: no limit. */
  requestsPerMinute: number;
  /** Base of links in answers, without a slash at its end. Unset: the address the server listens on. */
  publicUrl?: string;
  /** Whether tenants reuse each other's paid pictures. */
  shareLedger: boolean;
  dataDir: string;
  store: StoreConfig;
  /** The model `default`. */
  model: ModelChoice;
  /** Every model, `default` among them; without keys. */
  catalogue: ModelCatalogue;
  /** Of the model `default`. */
  quota: QuotaConfig;
  /** Days after its end when a batch is forgotten; 0: never. */
  retentionDays: number;
  /** How long an hour of the economy lane lasts; shorter than one for tests only. */
  economyHourMs: number;
  /** Delivered by the workers; read here too, so that a wrong secret is noticed at once. */
  webhooks: WebhookConfig;
  /** Sign links to files, the first one; empty: one is kept in Redis. */
  linkSecrets: readonly string[];
  /** As the workers have it: a webhook that they would refuse is refused at submission. */
  outgoing: OutgoingConfig;
  uploads: UploadConfig;
  tracing: TracingConfig;
}

/** Reads what the API uses; throws one `ConfigError` that names every wrong variable. */
export function readApiConfig(env: Environment): Readonly<ApiConfig> {
  const { process, address, ...rest } = readEnvironment(env, {
    process: ProcessSlice,
    address: AddressSlice,
    apiKeys: KeySlice,
    dataDir: DataDirSlice,
    store: storeSlice(env),
    model: modelChoiceSlice(env),
    catalogue: catalogueSlice(env, { keys: false }),
    quota: quotaSlice(env),
    retentionDays: RetentionSlice,
    economyHourMs: EconomySlice,
    webhooks: WebhookSlice,
    linkSecrets: LinkSlice,
    outgoing: OutgoingSlice,
    uploads: UploadSlice,
    tracing: TracingSlice,
  });
  return Object.freeze({ ...process, ...address, ...rest, ...ofDefault(rest.catalogue) });
}

const AddressSlice = z
  .object({
    PORT: variable.port(3000),
    PUBLIC_URL: variable.url(['https:', 'http:']).optional(),
    API_RATE_LIMIT_PER_MINUTE: variable.integer(6000, { min: 0 }),
    SHARE_LEDGER: variable.flag(false),
  })
  .transform((env) => ({
    port: env.PORT,
    requestsPerMinute: env.API_RATE_LIMIT_PER_MINUTE,
    shareLedger: env.SHARE_LEDGER,
    ...(env.PUBLIC_URL !== undefined && { publicUrl: env.PUBLIC_URL.replace(/\/+$/, '') }),
  }));

const KeySlice = z
  .object({ HOST: z.string().default('127.0.0.1'), API_KEYS: ApiKeys })
  .superRefine((env, context) => {
    if (env.API_KEYS.length > 0 || isLoopback(env.HOST)) return;
    const message = `is required when HOST (${env.HOST}) is not a loopback address: without keys anybody could use it`;
    context.addIssue({ code: 'custom', path: ['API_KEYS'], message });
  })
  .transform((env) => env.API_KEYS);

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === 'localhost' || host === '::1' || host === '[::1]';
}
