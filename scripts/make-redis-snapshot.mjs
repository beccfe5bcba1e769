#!/usr/bin/env node
/**
 * Writes all keys that this version leaves in Redis, for later versions to go on from (rolling-deploy.test.ts):
 *
 *   node --conditions=source --import ./scripts/typescript.mjs scripts/make-redis-snapshot.mjs FILE
 *
 * `idle`: a batch that waits and one that is paused, nobody at work. `working`: one that is completed, and one half-made by a worker
 * that is never heard of again, with two calls on the wire. The same script runs in a checkout of another version, for the way back.
 */
import { writeFileSync } from 'node:fs';

const { eventually } = await import('../packages/testkit/src/index.ts');
const { callHandler, startQueueFixture } = await import('../packages/queue/src/testing/queue-fixture.ts');
const { connectPatient, disconnect } = await import('../packages/queue/src/redis/connect.ts');

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to write.');
writeFileSync(file, `${JSON.stringify({ idle: await idle(), working: await working() })}\n`);

async function idle() {
  const studio = await startQueueFixture();
  await studio.submit(['w1', 'w2', 'w3'], { name: 'waiting' });
  const paused = await studio.submit(['p1', 'p2'], { name: 'paused' });
  await studio.api.pause(paused.id);
  const keys = await keysIn(studio);
  await studio.close();
  return keys;
}

async function working() {
  const studio = await startQueueFixture();
  const onTheWire = [];
  let answer;
  const answered = new Promise((resolve) => {
    answer = resolve;
  });
  const held = Buffer.from('held').toString('hex');
  const worker = await studio.startWorker({
    call: async (job) => {
      if (!job.data.callKey.startsWith(held)) return callHandler(worker)(job);
      if ((await job.quota.nextSlot()) === null) return { next: 'drop' };
      await job.quota.reserve(0.05);
      onTheWire.push(job);
      await answered;
      return { next: 'drop' };
    },
  });
  const done = await studio.submit(['d1', 'd2'], { name: 'completed' });
  await eventually(async () => {
    if (!(await studio.api.batch(done.id))?.finishedAt) throw new Error('not ended yet');
  });
  const half = await studio.submit(['h1', 'h2', 'held3', 'held4'], { name: 'half-made' });
  await eventually(async () => {
    const batch = await studio.api.batch(half.id);
    if (batch?.counts.completed !== 2 || onTheWire.length !== 2) throw new Error('not half-made yet');
  });
  const keys = await keysIn(studio);
  answer();
  await studio.close();
  return keys;
}

/** Name, milliseconds to live (-1: for good) and what `DUMP` gives, of each key. */
async function keysIn(studio) {
  const redis = connectPatient(studio.redis.url);
  const keys = [];
  for (const name of (await redis.keys('*')).sort()) {
    const bytes = await redis.dumpBuffer(name);
    if (bytes) keys.push([name, await redis.pttl(name), bytes.toString('base64')]);
  }
  await disconnect(redis);
  return keys;
}
