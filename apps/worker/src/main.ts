import { readFileSync } from 'node:fs';
import { childEnvironment, childPictureWork } from '@image-studio/imaging/pool';
import { UnsupportedRedis } from '@image-studio/queue';
import {
  createLifecycle,
  createLogger,
  exitOnBadConfig,
  exitOnUnusable,
  readWorkerConfig,
  redisSecrets,
  startTracing,
  tracingSecrets,
} from '@image-studio/runtime';
import { ADAPTERS } from './models/adapters.ts';
import { serveWorker } from './serve-worker.ts';

const config = exitOnBadConfig(() => readWorkerConfig(process.env, Object.keys(ADAPTERS)));
const secrets = secretsOf();
const log = createLogger({ level: config.logLevel, name: 'worker', secrets });
const lifecycle = createLifecycle({ timeoutMs: config.shutdownTimeoutMs, log });
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
await startTracing(config.tracing, { name: 'worker', version, secrets, log, lifecycle });

const { opsUrl } = await serveWorker(config, {
  log,
  lifecycle,
  version,
  pictures: childPictureWork({ size: config.pictureThreads, env: childEnvironment(process.env), log }),
}).catch((error: unknown) => {
  if (error instanceof UnsupportedRedis) return exitOnUnusable(lifecycle, 'REDIS_URL', error.message);
  log.fatal({ err: error, opsPort: config.opsPort }, 'cannot start');
  return lifecycle.shutdown('cannot start', 1);
});
log.info(
  {
    opsUrl,
    model: config.model.engine,
    models: config.catalogue.models.map(({ alias }) => alias),
    store: config.store.kind,
    aiConcurrency: config.aiConcurrency,
    skuConcurrency: config.skuConcurrency,
    callsPerMinute: config.quota.callsPerMinute,
  },
  'worker takes jobs',
);

function secretsOf(): string[] {
  const { store, catalogue, webhooks } = config;
  return [
    ...redisSecrets(config),
    ...webhooks.secrets,
    ...webhooks.roots,
    ...tracingSecrets(config),
    ...(store.kind === 's3' && store.secretAccessKey !== undefined ? [store.secretAccessKey] : []),
    ...catalogue.models.flatMap(({ model }) => model.apiKey ?? []),
  ];
}
