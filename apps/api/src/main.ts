// First: it holds for whatever is loaded after it.
import './heap-growth.ts';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { childEnvironment, childPictureWork } from '@image-studio/imaging/pool';
import {
  createLifecycle,
  createLogger,
  exitOnBadConfig,
  exitOnUnusable,
  readApiConfig,
  redisSecrets,
  startTracing,
  tracingSecrets,
} from '@image-studio/runtime';
import { serveApi } from './serve-api.ts';

const config = exitOnBadConfig(() => readApiConfig(process.env));
const secrets = [
  ...redisSecrets(config),
  ...config.apiKeys.map(({ key }) => key),
  ...config.webhooks.secrets,
  ...config.webhooks.roots,
  ...config.linkSecrets,
  ...storeSecrets(),
  ...tracingSecrets(config),
];
const log = createLogger({ level: config.logLevel, name: 'api', secrets });
const lifecycle = createLifecycle({ timeoutMs: config.shutdownTimeoutMs, log });
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
await startTracing(config.tracing, { name: 'api', version, secrets, log, lifecycle });
const dashboardDir =
  process.env.DASHBOARD_DIR ?? fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

const served = await serveApi(config, {
  log,
  version,
  dashboardDir,
  pictures: childPictureWork({ size: 1, env: childEnvironment(process.env), log }),
  onUnsupported: ({ message }) => void exitOnUnusable(lifecycle, 'REDIS_URL', message),
}).catch((error: unknown) => {
  log.fatal({ err: error, host: config.host, port: config.port }, 'cannot listen');
  return lifecycle.shutdown('cannot listen', 1);
});
lifecycle.own('api', served.close);
log.info({ url: served.url, keys: config.apiKeys.length, store: config.store.kind }, 'api listens');

function storeSecrets(): string[] {
  const secret = config.store.kind === 's3' ? config.store.secretAccessKey : undefined;
  return secret === undefined ? [] : [secret];
}
