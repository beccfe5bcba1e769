/**
 * For tests that kill workers: one as a process of its own, on a Redis that its arguments name, with a model that bills.
 * Prints a line when it takes jobs. Arguments: URL of Redis, most milliseconds of a call, job lock (ms).
 */
import { billedCallHandler } from './billed-calls.ts';
import { connectPatient } from './connect.ts';
import { createStudioWorker } from './create-studio-worker.ts';
import { skuHandler } from './queue-fixture.ts';

const [redisUrl = '', latencyMs = '100', jobLockMs = '900'] = process.argv.slice(2);
const worker = createStudioWorker({
  redisUrl,
  prefix: 'test',
  version: '0',
  quota: { callsPerMinute: 6000 },
  callTimeoutMs: 10_000,
  skuConcurrency: 8,
  aiConcurrency: 8,
  jobLockMs: Number(jobLockMs),
  retryBaseMs: 20,
  log: { info() {}, warn() {} },
});
await worker.start({
  sku: skuHandler(worker),
  call: billedCallHandler(worker, connectPatient(redisUrl), () => Math.random() * Number(latencyMs)),
});
process.stdout.write('up\n');
