import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BatchView } from '@image-studio/contract';
import { eventually, freePort } from '@image-studio/testkit';
import { type Deployment, deploy, type RunningProcess, startProcess } from '@image-studio/testkit/deployment';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type ReverseProxy, startReverseProxy } from '@image-studio/testkit/reverse-proxy';
import { type S3StandIn, startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { io } from 'socket.io-client';
import { ONE_CHILD, s3Environment } from './world.ts';

/**
 * What deploy/ runs, replayed with plain processes and Debian's Prometheus (`apt-get install prometheus`): two APIs behind a proxy,
 * three workers, Redis, a bucket, a supplier and a model. It scrapes every three seconds instead of every 15, and alerts wait a
 * fifteenth of their time.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FASTER = 15;
const soon = { timeoutMs: 90_000, intervalMs: 500 };

let studio: Deployment;
let second: RunningProcess;
let gemini: GeminiStandIn;
let supplier: Supplier;
let s3: S3StandIn;
let proxy: ReverseProxy;
let prometheus: ChildProcess;
let folder: string;
let at: string;

beforeAll(async () => {
  [gemini, supplier, s3] = await Promise.all([startGeminiStandIn(), startSupplier(), startS3StandIn()]);
  const [apiPort, port, ...workerPorts] = await Promise.all(Array.from({ length: 5 }, freePort));
  const env = {
    GEMINI_API_KEY: gemini.apiKey,
    GEMINI_BASE_URL: gemini.baseUrl,
    AI_CALLS_PER_MINUTE: '600',
    ...ONE_CHILD,
    ...s3Environment(s3),
  };
  studio = await deploy({ workers: 0, env, redis: nearlyFull });
  for (const workerPort of workerPorts) studio.startWorker({ OPS_PORT: String(workerPort) });
  second = startProcess(join(ROOT, 'apps/api/dist/main.js'), {
    PATH: process.env.PATH ?? '',
    REDIS_URL: studio.redisUrl,
    STUDIO_DATA_DIR: studio.dataDir,
    PORT: String(apiPort),
    ...env,
  });
  folder = mkdtempSync(join(tmpdir(), 'image-studio-prometheus-'));
  const rules = readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8').replace(
    /for: (\d+)(s|m)/g,
    (_, count: string, unit: string) =>
      `for: ${Math.ceil((Number(count) * (unit === 'm' ? 60 : 1)) / FASTER)}s`,
  );
  writeFileSync(join(folder, 'rules.yml'), rules);
  const apis = [new URL(studio.url).host, `127.0.0.1:${apiPort}`];
  const workers = workerPorts.map((workerPort) => `127.0.0.1:${workerPort}`);
  proxy = await startReverseProxy(apis);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '3s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      scrape_configs: [
        { job_name: 'image-studio-api', static_configs: [{ targets: apis }] },
        { job_name: 'image-studio-worker', static_configs: [{ targets: workers }] },
      ],
    }),
  );
  at = `http://127.0.0.1:${port}`;
  prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  await Promise.race([
    eventually(async () => expect(await query('sum(up)')).toEqual([5]), soon),
    once(prometheus, 'error').then(([error]) => Promise.reject(error)),
  ]);
});

afterAll(async () => {
  prometheus?.kill('SIGKILL');
  await proxy?.close();
  await second?.stop('SIGKILL');
  await studio?.close();
  await Promise.all([gemini?.close(), supplier?.close(), s3?.close()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('promtool accepts rules and metrics, and its own tests of the rules pass', async () => {
  const promtool = (args: string[], input?: string) =>
    execFileSync('promtool', args, { cwd: join(ROOT, 'deploy/prometheus'), input, encoding: 'utf8' });
  promtool(['check', 'rules', 'rules.yml']);
  expect(promtool(['test', 'rules', 'rules.test.yml'])).toContain('SUCCESS');
  // Those of Node come from prom-client, which names some of them as promtool would not.
  const metrics = await (await studio.get('/metrics')).text();
  const ours = metrics.split('\n').filter((line) => line.includes('image_studio_'));
  promtool(['check', 'metrics'], `${ours.join('\n')}\n`);
});

test('a batch runs through the proxy: submitted at one API, watched at another, made by all workers, kept in the bucket', async () => {
  const id = await submit(await skus(6));
  const socket = io(proxy.url, { transports: ['websocket'] });
  try {
    const finished = new Promise((resolve) => socket.once('batch:finished', resolve));
    expect(await socket.emitWithAck('batch:subscribe', { batchId: id })).toMatchObject({ ok: true });
    await finished;
  } finally {
    socket.close();
  }
  const { counts } = (await (await fetch(`${proxy.url}/api/v1/batches/${id}`)).json()) as BatchView;
  expect(counts).toMatchObject({ total: 6, completed: 6 });
  expect(s3.keys().filter((key) => key.startsWith('image-studio/'))).toHaveLength(6);
  expect([...proxy.sent.values()].every((requests) => requests > 0)).toBe(true);
  await eventually(async () => expect(await query('max(image_studio_workers)')).toEqual([3]), soon);
  await eventually(async () => expect(await query('count(image_studio_store_up == 1)')).toEqual([3]), soon);
  const series = 'count(sum by (instance) (image_studio_stage_duration_seconds_count) > 0)';
  await eventually(async () => expect((await query(series))[0]).toBeGreaterThan(1), soon);
});

test('every panel of the dashboard has data once a batch has run', async () => {
  await eventually(
    async () =>
      expect((await query('sum(image_studio_skus_total{status="completed"})'))[0]).toBeGreaterThan(0),
    soon,
  );
  const expressions = queriesOf('deploy/grafana/dashboards/image-studio.json');
  expect(expressions.length).toBeGreaterThan(20);
  await eventually(async () => {
    const empty: string[] = [];
    for (const expression of expressions) if ((await query(expression)).length === 0) empty.push(expression);
    expect(empty).toEqual([]);
  }, soon);
});

test('each alert fires for what it is there for', async () => {
  const firing = () => alerts();
  // An address of the supplier below which there is nothing.
  const gone = supplier.serve('/gone', Buffer.alloc(0));
  // Filled before anything was started.
  await eventually(async () => expect(await firing()).toContain('RedisMemory'), soon);
  await submit(
    Array.from({ length: 12 }, (_, n) => ({
      sku: `gone${n}`,
      images: [{ url: `${gone}/${n}.jpg` }],
    })),
  );
  await eventually(async () => expect(await firing()).toContain('SkusFail'), soon);
  await Promise.all(studio.workers.map((worker) => worker.stop('SIGKILL')));
  await submit(await skus(30));
  await eventually(
    async () => expect(await firing()).toEqual(expect.arrayContaining(['TargetDown', 'QuotaIdle'])),
    soon,
  );
  studio.startWorker({ GEMINI_API_KEY: 'a-key-that-is-wrong' });
  await eventually(async () => expect(await firing()).toContain('AiCallsPaused'), soon);
  process.kill(studio.redis.pid ?? 0, 'SIGSTOP');
  try {
    await eventually(async () => expect(await firing()).toContain('RedisDown'), soon);
  } finally {
    process.kill(studio.redis.pid ?? 0, 'SIGCONT');
  }
});

/** 85 % of what it may use is used, by something that is not ours. */
async function nearlyFull({ url }: { url: string }) {
  const redis = new Redis(url);
  await redis.setrange('ballast', 200_000_000, 'x');
  const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  await redis.config('SET', 'maxmemory', Math.round(used / 0.85));
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  redis.disconnect();
  return { REDIS_URL: url };
}

async function query(expression: string): Promise<number[]> {
  const asked = expression.replaceAll('$__rate_interval', '12s').replaceAll('$__range', '1m');
  const answer = await fetch(`${at}/api/v1/query?query=${encodeURIComponent(asked)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map(({ value }) => Number(value[1]));
}

async function alerts(): Promise<string[]> {
  const answer = await fetch(`${at}/api/v1/alerts`);
  const { data } = (await answer.json()) as {
    data: { alerts: { state: string; labels: { alertname: string } }[] };
  };
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
}

function queriesOf(file: string): string[] {
  const { panels } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** Through the proxy; returns the batch's id. */
async function submit(wanted: object[]): Promise<string> {
  const answer = await fetch(`${proxy.url}/api/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ skus: wanted, output: { width: 200, height: 200, format: 'jpeg' } }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

let photos = 0;
function skus(count: number) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const n = photos++;
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 200, height: 200 });
      return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
    }),
  );
}
