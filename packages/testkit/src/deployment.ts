import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@image-studio/runtime';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { startTestRedis, type TestRedis } from './redis.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Starting takes a second; on a machine that is busy with other tests it has taken twenty. */
const START = { timeoutMs: 60_000 };

/** One process of the product, started as an operator would: from environment variables alone. */
export interface RunningProcess {
  child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Sends a signal and resolves with the exit code (`null` when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Deployment {
  redis: TestRedis;
  /** As the processes are told it, with its password. */
  redisUrl: string;
  /** Base of the API, without a path. */
  url: string;
  dataDir: string;
  api: RunningProcess;
  workers: RunningProcess[];
  startWorker(env?: Record<string, string>): RunningProcess;
  /** Another API in the place of one that has ended. */
  startApi(): Promise<RunningProcess>;
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** Redis, one API and `workers` worker processes on a folder of their own; all of them are up when this resolves. */
export async function deploy(options: {
  workers: number;
  env?: Record<string, string>;
  /** One of `API_KEYS`, when `env` has any: what `get` and `post` send. */
  key?: string;
  /** What Redis demands of everybody. */
  redisPassword?: string;
  /** Prepares Redis, and answers what the processes are told of it. */
  redis?: (server: TestRedis) => Promise<{ REDIS_URL: string; [variable: string]: string }>;
}): Promise<Deployment> {
  const bearer = options.key === undefined ? {} : { authorization: `Bearer ${options.key}` };
  const redis = await startTestRedis({ appendOnly: true });
  const told = await options.redis?.(redis);
  const redisUrl = told?.REDIS_URL ?? (await locked(redis.url, options.redisPassword));
  const dataDir = await mkdtemp(join(tmpdir(), 'image-studio-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH ?? '',
    REDIS_URL: redisUrl,
    STUDIO_DATA_DIR: dataDir,
    PORT: String(port),
    OPS_PORT: '0',
    ALLOW_PRIVATE_SOURCES: 'true',
    LOG_LEVEL: 'info',
    SHUTDOWN_TIMEOUT_MS: '10000',
    ...told,
    ...options.env,
  };
  const all: RunningProcess[] = [];
  const start = (app: 'api' | 'worker', more: Record<string, string> = {}) => {
    const running = startProcess(join(ROOT, `apps/${app}/dist/main.js`), { ...env, ...more });
    all.push(running);
    return running;
  };
  const startApi = async () => {
    const api = start('api');
    await eventually(async () => {
      const answer = await fetch(`${url}/readyz`);
      if (!answer.ok) throw new Error(`readyz says ${answer.status}\n${api.output()}`);
    }, START);
    return api;
  };
  const close = async () => {
    await Promise.all(all.map((running) => running.stop('SIGKILL')));
    await redis.stop();
    await rm(dataDir, { recursive: true, force: true });
    // A promise that nobody awaited has ended a process: whatever came of the test otherwise, it has failed.
    const faults = all.flatMap((running) => running.output().match(/^.*"uncaught fault".*$/gm) ?? []);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  };
  // A caller whose deployment does not start has nothing to close it with.
  const orClose = <T>(up: Promise<T>): Promise<T> =>
    up.catch(async (error: unknown) => {
      await close();
      throw error;
    });
  const deployment: Deployment = {
    redis,
    redisUrl,
    url,
    dataDir,
    api: await orClose(startApi()),
    workers: [],
    startApi,
    startWorker(more = {}) {
      const worker = start('worker', more);
      deployment.workers.push(worker);
      return worker;
    },
    get: (path) => fetch(`${url}${path}`, { headers: bearer }),
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          ...bearer,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    close,
  };
  for (let n = 0; n < options.workers; n += 1) deployment.startWorker();
  await orClose(
    eventually(async () => {
      const { items } = (await (await deployment.get('/api/v1/workers')).json()) as { items: unknown[] };
      const last = deployment.workers.map((worker) => worker.output().slice(-500)).join('\n');
      if (items.length < options.workers)
        throw new Error(`${items.length} of ${options.workers} workers are up\n${last}`);
    }, START),
  );
  return deployment;
}

/** The same Redis, behind a password from now on. */
async function locked(url: string, password: string | undefined): Promise<string> {
  if (password === undefined) return url;
  const redis = new Redis(url);
  await redis.config('SET', 'requirepass', password);
  redis.disconnect();
  return url.replace('redis://', `redis://:${password}@`);
}

export function startProcess(
  file: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): RunningProcess {
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    output: () => text,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}
