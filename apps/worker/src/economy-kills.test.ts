import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from './testing/worker-fixture.ts';

const HOUR_MS = 1000;
const CALLS = 8;
const VICTIM = fileURLToPath(new URL('./testing/killed-economy-main.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../scripts/typescript.mjs', import.meta.url));

let redis: TestRedis;
let gemini: GeminiStandIn;
let supplier: Supplier;
let fixture: WorkerFixture;
const all: ChildProcess[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  gemini = await startGeminiStandIn();
  supplier = await startSupplier();
  fixture = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await Promise.all(all.map(end));
  await fixture.close();
  await Promise.all([gemini.close(), supplier.close(), redis.stop()]);
});

/** A worker process that has loaded all and begins when it is told. */
function load(point: string): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', TYPESCRIPT, VICTIM, point, String(CALLS / 2)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        ...fixture.env,
        ...{ JOB_LOCK_MS: '1000', ECONOMY_HOUR_MS: String(HOUR_MS), LOG_LEVEL: 'silent' },
      },
    },
  );
  all.push(child);
  return child;
}

async function submit(count: number, hours: number) {
  const skus = [];
  for (let n = 0; n < count; n += 1) {
    const photo = await productPhoto({
      seed: all.length * 100 + n,
      colour: distinctColour(n),
      width: 200,
      height: 200,
    });
    const url = supplier.serve(`/${all.length}-${n}.jpg`, photo);
    skus.push({ sku: `K${n}`, images: [{ url }] });
  }
  const deadline = new Date(Date.now() + hours * HOUR_MS).toISOString();
  return fixture.submit(skus, { lane: 'economy', deadline, sharedPhotos: 'allow' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** One worker after the other works on the batch, and dies at its point; the last one ends it. */
async function dieAt(points: readonly string[], submitted: () => Promise<{ id: string }>) {
  let next = load(points[0] ?? '');
  await once(next.stdout as Readable, 'data');
  const { id } = await submitted();
  for (const [at, point] of points.entries()) {
    const victim = next;
    victim.stdin?.write('begin\n');
    next = load(points[at + 1] ?? 'nowhere');
    const [, signal] = await once(victim, 'exit');
    expect([point, signal]).toEqual([point, 'SIGKILL']);
  }
  next.stdin?.write('begin\n');
  const batch = await fixture.ended(id);
  await end(next);
  return batch;
}

const creates = () => gemini.stats().batches;
const parcels = () => new Set(creates().map(({ displayName }) => displayName)).size;

test.each([
  { points: ['intended', 'uploaded', 'creating', 'answerLost'] },
  { points: ['created', 'halfRead', 'recorded', 'settled'] },
])(
  'of workers that are killed at $points each parcel is created once, and each picture billed once',
  async ({ points }) => {
    gemini.reset();
    gemini.configure({ batch: { hourMs: HOUR_MS } });
    const batch = await dieAt(points, () => submit(CALLS, 600));
    const { paidTwice, billedUsd, accepted } = gemini.stats();
    expect(batch).toMatchObject({
      counts: { completed: CALLS, failed: 0 },
      calls: { made: CALLS, failed: 0 },
    });
    expect([creates().length, accepted, paidTwice]).toEqual([parcels(), 0, 0]);
    expect(batch.costUsd).toBeCloseTo(billedUsd, 6);
  },
);

test('workers that are killed when the deadline is near, and when the end of a parcel has been asked for, buy nothing twice', async () => {
  gemini.reset();
  gemini.configure({ batch: { hourMs: HOUR_MS, outcome: 'stuck', cancelKeeps: 0.5 } });
  const batch = await dieAt(['released', 'cancelRequested'], () => submit(4, 16));
  const { paidTwice, billedUsd, accepted } = gemini.stats();
  expect(batch.counts).toMatchObject({ completed: 4, failed: 0 });
  const kept = creates().reduce((sum, { made }) => sum + made, 0);
  expect([creates().length, kept + accepted, paidTwice]).toEqual([parcels(), 4, 0]);
  expect(batch.costUsd).toBeCloseTo(billedUsd, 6);
});
