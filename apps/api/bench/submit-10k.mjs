/**
 * What a submission of 10,000 SKUs costs the API process: time to the answer, and the longest stretch for which its
 * event loop served nobody. Build first; prints one JSON line a format.
 *
 *     node apps/api/bench/submit-10k.mjs
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createLogger, readApiConfig } from '@image-studio/runtime';
import { startTestRedis } from '@image-studio/testkit';
import { serveApi } from '../dist/serve-api.js';

const SKUS = 10_000;
const codes = Array.from({ length: SKUS }, (_, index) => `SKU-${index}`);
const photo = (code, n) => `https://supplier.example/photos/${code}/${n}.jpg?${'x'.repeat(300)}`;
const description = 'A mug of stoneware, glazed by hand. '.repeat(25);

const bodies = [
  {
    format: 'json',
    path: '/api/v1/batches',
    type: 'application/json',
    text: JSON.stringify({
      skus: codes.map((sku) => ({
        sku,
        images: [1, 2].map((n) => ({ url: photo(sku, n) })),
        attributes: { title: 'Mug', description },
      })),
    }),
  },
  {
    format: 'csv',
    path: '/api/v1/batches',
    type: 'text/csv',
    text: `sku,images,title,description\n${codes.map((sku) => `${sku},${photo(sku, 1)}|${photo(sku, 2)},Mug,"${description}"`).join('\n')}`,
  },
  {
    format: 'original',
    path: '/api/v1/image-studio/jobs',
    type: 'application/json',
    text: JSON.stringify({
      mode: 'batch_series_generate',
      options: {
        sku_images_map: Object.fromEntries(
          codes.map((sku) => [sku, [1, 2, 3, 4].map((n) => ({ url: photo(sku, n), name: `${n}.jpg` }))]),
        ),
      },
    }),
  },
];

const redis = await startTestRedis();
const folder = mkdtempSync(join(tmpdir(), 'image-studio-bench-'));
const config = readApiConfig({ REDIS_URL: redis.url, PORT: '0', STUDIO_DATA_DIR: folder });
const log = createLogger({ level: 'warn', name: 'bench' });
const api = await serveApi(config, { log, version: 'bench', dashboardDir: folder });
for (let isReady = false; !isReady; ) isReady = (await fetch(`${api.url}/readyz`)).ok;

const idle = monitorEventLoopDelay({ resolution: 5 });
idle.enable();
await new Promise((resolve) => setTimeout(resolve, 3000));
idle.disable();
console.log(
  JSON.stringify({
    format: 'nothing at all',
    loopMaxMs: +(idle.max / 1e6).toFixed(1),
    loopP99Ms: +(idle.percentile(99) / 1e6).toFixed(1),
  }),
);

for (const { format, path, type, text } of bodies) {
  // The client is a thread of its own: what it costs must not be counted against the server.
  const client = new Worker(CLIENT(), { eval: true, workerData: { url: `${api.url}${path}`, type, text } });
  await new Promise((resolve) => client.once('message', resolve));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  client.postMessage('go');
  const { status, ms } = await new Promise((resolve) => client.once('message', resolve));
  const answeredLoop = delay.max / 1e6;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  delay.disable();
  console.log(
    JSON.stringify({
      format,
      skus: SKUS,
      megabytes: +(Buffer.byteLength(text) / 1e6).toFixed(1),
      status,
      answeredMs: Math.round(ms),
      loopMaxMsUntilAnswer: +answeredLoop.toFixed(1),
      loopMaxMsWithEnqueuing: +(delay.max / 1e6).toFixed(1),
      loopP99Ms: +(delay.percentile(99) / 1e6).toFixed(1),
      wallMs: Math.round(performance.now() - start),
    }),
  );
  await client.terminate();
}

await api.close();
await redis.stop();
rmSync(folder, { recursive: true, force: true });

function CLIENT() {
  return `
    const { parentPort, workerData } = require('node:worker_threads');
    parentPort.once('message', async () => {
      const start = performance.now();
      const response = await fetch(workerData.url, { method: 'POST', headers: { 'content-type': workerData.type }, body: workerData.text });
      await response.text();
      parentPort.postMessage({ status: response.status, ms: performance.now() - start });
    });
    parentPort.postMessage('ready');
  `;
}
