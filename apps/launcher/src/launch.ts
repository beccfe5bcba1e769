import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  findRedisServer,
  freePort,
  type Lifecycle,
  type ProcessConfig,
  startRedisServer,
} from '@image-studio/runtime';
import { assertPortFree } from './assert-port-free.ts';
import { startCatalogueServer } from './catalogue-server.ts';
import { lockFolder } from './folder-lock.ts';
import type { Settings } from './read-settings.ts';
import { createStudioClient, type StudioClient } from './studio-client.ts';
import { type Supervised, type SupervisedOptions, supervise } from './supervise.ts';

/** How many workers are started beside the API. */
const WORKERS = 2;
/**
 * How glibc's allocator serves a worker; read by the C library before the process runs, so it has to come from outside.
 * - Two heaps instead of one a thread, each of which keeps what was freed there: 327 MB at the peak instead of 498.
 * - Buffers of a megabyte and more go back to the system at once, instead of leaving holes: 582 MB at the peak instead of
 *   789, with 64 pictures of 12 MP in flight;
 * - and come in pages of 2 MB where the kernel has them, so that a picture is 3,000 page faults instead of 13,000: 50 of
 *   470 CPU ms.
 */
const GLIBC_TUNABLES = 'glibc.malloc.arena_max=2:glibc.malloc.mmap_threshold=1048576:glibc.malloc.hugetlb=1';
/** From the start of the API to its first 200 on `/readyz`; a large Redis may have to be loaded. */
const READY_TIMEOUT_MS = 60_000;
/** When the launcher is killed, the workers still need Redis to hand back what they hold. */
const REDIS_LINGER_SECONDS = 3;
/** What a process may take beyond its own SHUTDOWN_TIMEOUT_MS before it is killed. */
const STOP_GRACE_MS = 2000;

/** Main files of the processes: built ones, or sources when the launcher itself runs from its source. */
const MAIN = {
  api: mainFile('api'),
  worker: mainFile('worker'),
};

export interface LaunchOptions {
  settings: Settings;
  lifecycle: Lifecycle;
  /** Forgets what the folder holds from earlier runs. */
  fresh?: boolean;
  /** Sentences for the person at the terminal. */
  say: (message: string) => void;
  /** Log lines of the processes. */
  onLine: SupervisedOptions['onLine'];
}

export interface Studio {
  /** Address of API and dashboard as seen from this machine. */
  url: string;
  client: StudioClient;
  /** Where the sample photos are served. */
  catalogueOrigin: string;
}

/**
 * Starts Redis (unless one is given), the sample catalogue's server, the API and the workers, each owned by
 * `lifecycle`, and resolves when the API is ready. Stopping goes the other way: workers, API, catalogue, Redis.
 */
export async function launch(options: LaunchOptions): Promise<Studio> {
  const { settings, lifecycle, onLine } = options;
  const { api } = settings;
  const folder = await lockFolder(settings.dataDir);
  lifecycle.own('data folder', folder.release);
  if (options.fresh) {
    for (const name of ['redis', 'objects'])
      await rm(join(settings.dataDir, name), { recursive: true, force: true });
  }

  const port = api.port === 0 ? await freePort() : api.port;
  await assertPortFree(api.host, port);
  const redisUrl = settings.redisUrl ?? (await startPrivateRedis(options));
  const catalogue = await startCatalogueServer(settings.dataDir);
  lifecycle.own('catalogue', catalogue.close);

  const run = (
    name: string,
    main: string,
    { shutdownTimeoutMs }: ProcessConfig,
    env: NodeJS.ProcessEnv,
  ): Supervised =>
    supervise({
      name,
      main,
      env: { ...settings.env, REDIS_URL: redisUrl, ...env },
      stopTimeoutMs: shutdownTimeoutMs + STOP_GRACE_MS,
      onLine,
      onGiveUp: (who, exitCode) => void lifecycle.shutdown(`${who} has a wrong configuration`, exitCode),
    });
  const allowed = [...settings.worker.source.allowOrigins, catalogue.origin].join(',');
  const apiProcess = run('api', MAIN.api, api, { PORT: String(port), SOURCE_ALLOW_ORIGINS: allowed });
  lifecycle.own('api', apiProcess.stop);
  const workers = Array.from({ length: WORKERS }, (_, index) =>
    run(`worker ${index + 1}`, MAIN.worker, settings.worker, {
      OPS_PORT: '0',
      SOURCE_ALLOW_ORIGINS: allowed,
      GLIBC_TUNABLES: settings.env.GLIBC_TUNABLES ?? GLIBC_TUNABLES,
    }),
  );
  lifecycle.own('workers', () => Promise.all(workers.map((worker) => worker.stop())));

  const url = `http://${localHost(api.host)}:${port}`;
  const apiKey = api.apiKeys.find(({ role }) => role !== 'viewer')?.key;
  const client = createStudioClient({ url, ...(apiKey && { apiKey }), signal: lifecycle.signal });
  await untilReady(client, lifecycle.signal);
  return { url, client, catalogueOrigin: catalogue.origin };
}

async function startPrivateRedis({ settings, lifecycle, say }: LaunchOptions): Promise<string> {
  const binary = await findRedisServer({ autoInstall: settings.autoInstall, say });
  const redis = await startRedisServer({
    binary,
    dir: join(settings.dataDir, 'redis'),
    appendOnly: true,
    lingerSeconds: REDIS_LINGER_SECONDS,
  });
  lifecycle.own('redis', redis.stop);
  redis.process.once('exit', (code, signal) => {
    if (lifecycle.signal.aborted) return;
    say(`Redis ended unexpectedly (${signal ?? `exit code ${code}`}).`);
    void lifecycle.shutdown('Redis ended', 1);
  });
  return redis.url;
}

async function untilReady(client: StudioClient, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    // Not listening yet is no fault.
    if (await client.isReady().catch(() => false)) return;
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`The API was not ready within ${READY_TIMEOUT_MS / 1000} s.`);
    await delay(100, undefined, { signal });
  }
}

/** Where to reach a server on this machine that listens on `host`. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Built, or its source when the launcher itself runs from its source. */
export function mainFile(app: string): string {
  const file = import.meta.url.endsWith('.ts') ? 'src/main.ts' : 'dist/main.js';
  return fileURLToPath(new URL(`../../${app}/${file}`, import.meta.url));
}
