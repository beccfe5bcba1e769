/**
 * For tests: a worker as a process of its own, with a model that bills, and if need be on a host whose clock is wrong. It
 * prints a line when it takes jobs. Argument: `KillableWorkerOptions` as JSON.
 */

import { createStudioWorker } from '../create-studio-worker.ts';
import { connectPatient } from '../redis/connect.ts';
import { billedCallHandler } from './billed-calls.ts';
import type { KillableWorkerOptions } from './killable-worker.ts';
import { skuHandler } from './queue-fixture.ts';

const options = JSON.parse(process.argv[2] ?? '') as KillableWorkerOptions;
const { redisUrl, latencyMs = 100, jobLockMs = 900, quota = {}, clockOffsetMs = 0, retries } = options;
shiftClock(clockOffsetMs);
const worker = createStudioWorker({
  redisUrl,
  prefix: 'test',
  version: '0',
  quota: { callsPerMinute: 6000, ...quota },
  callTimeoutMs: 10_000,
  skuConcurrency: 8,
  aiConcurrency: 8,
  jobLockMs,
  retryBaseMs: 20,
  log: { info() {}, warn() {} },
});
await worker.start({
  sku: skuHandler(worker),
  call: retries
    ? async () => ({ next: 'requeue', ms: 10_000 })
    : billedCallHandler(worker, connectPatient(redisUrl), () => latencyMs * (0.5 + Math.random() / 2)),
});
process.stdout.write('up\n');

/** As on a host whose clock is wrong: everything that asks what time it is, BullMQ too, is told another one. */
function shiftClock(offsetMs: number): void {
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [Right.now() + offsetMs] : args) as [number]));
    }
    static override now(): number {
      return Right.now() + offsetMs;
    }
  } as DateConstructor;
}
