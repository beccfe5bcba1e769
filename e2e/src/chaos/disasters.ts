import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchView } from '@image-studio/contract';
import type { S3Fault } from '@image-studio/testkit/s3-stand-in';
import { LOCK_MS, type World } from '../world.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';

export interface Scene {
  world: World;
  fleet: Fleet;
  random: Random;
  /** Batches that have not ended, as last seen. */
  open(): BatchView[];
  /** What was done, for the line of figures. */
  tally: { kills: number; freezes: number; outages: number; controls: number };
  /** Calls that may be paid twice without anybody's fault: their process could not tell anybody of the answer. */
  excuse(calls: number): void;
  /** While the bucket is away, since when (`Date.now()`). */
  storeAway: { since: number; until: number }[];
  fault(sentence: string): void;
}

export type Disaster = (scene: Scene) => Promise<void>;

const STORE_FAULTS: S3Fault[] = [
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'error', status: 503, code: 'SlowDown' },
  { kind: 'error', status: 404, code: 'NoSuchBucket' },
];

/** What can happen, each as often as it stands here. */
export const DISASTERS: readonly Disaster[] = [
  killWorker,
  killWorker,
  killWorker,
  freezeWorker,
  stopWorker,
  killApi,
  killRedis,
  freezeRedis,
  takeStoreAway,
  pauseAndResume,
  cancel,
];

async function killWorker({ fleet, random, tally }: Scene): Promise<void> {
  const victim = random.pick(fleet.alive().filter(({ isFrozen }) => !isFrozen));
  if (!victim) return;
  tally.kills += 1;
  victim.killedAt = Date.now();
  await victim.process.stop('SIGKILL');
  fleet.start();
}

async function freezeWorker({ world, fleet, random, tally, excuse }: Scene): Promise<void> {
  const victim = random.pick(fleet.alive().filter(({ isFrozen }) => !isFrozen));
  if (!victim) return;
  tally.freezes += 1;
  victim.isFrozen = true;
  victim.process.child.kill('SIGSTOP');
  const client = world.gemini.stats().clients[victim.client];
  if (client) excuse(client.accepted - client.answeredAt.filter((at) => at < Date.now() - 2000).length);
  await sleep(random.between(0.5, 2.5) * LOCK_MS);
  victim.process.child.kill('SIGCONT');
  victim.isFrozen = false;
}

async function stopWorker({ fleet, random, tally, fault }: Scene): Promise<void> {
  const victim = random.pick(fleet.alive().filter(({ isFrozen }) => !isFrozen));
  if (!victim) return;
  tally.controls += 1;
  fleet.start();
  const code = await victim.process.stop('SIGTERM');
  if (code !== 0)
    fault(`a worker that was told to stop exited with ${code}: ${victim.process.output().slice(-1500)}`);
}

async function killApi({ world, tally }: Scene): Promise<void> {
  tally.kills += 1;
  await world.studio.api.stop('SIGKILL');
  world.studio.api = await world.studio.startApi();
}

async function killRedis(scene: Scene): Promise<void> {
  const { world, random, tally } = scene;
  tally.kills += 1;
  await world.studio.redis.kill('SIGKILL');
  await sleep(random.between(0.2, 1.7) * LOCK_MS);
  await world.studio.redis.restart();
  excuseTheWire(scene);
}

async function freezeRedis(scene: Scene): Promise<void> {
  const { world, random, tally } = scene;
  tally.freezes += 1;
  await world.studio.redis.kill('SIGSTOP');
  await sleep(random.between(0.2, 1.7) * LOCK_MS);
  await world.studio.redis.kill('SIGCONT');
  excuseTheWire(scene);
}

/** Their locks ran out although their processes live: somebody else makes these calls, too. */
function excuseTheWire({ world, excuse }: Scene): void {
  excuse(world.gemini.stats().onTheWire);
}

async function takeStoreAway({ world, random, tally, storeAway }: Scene): Promise<void> {
  const fault = random.pick(STORE_FAULTS);
  tally.outages += 1;
  const outage = { since: Date.now(), until: Number.POSITIVE_INFINITY };
  storeAway.push(outage);
  world.s3.interfere(() => fault);
  await sleep(random.between(1000, 3 * LOCK_MS));
  world.s3.interfere(() => undefined);
  outage.until = Date.now();
}

async function pauseAndResume({ world, random, open, tally }: Scene): Promise<void> {
  const batch = random.pick(open());
  if (!batch) return;
  tally.controls += 1;
  await control(world, batch.id, 'pause');
  await sleep(random.between(100, 4000));
  await control(world, batch.id, 'resume');
}

async function cancel({ world, random, open, tally }: Scene): Promise<void> {
  const batch = random.pick(open());
  if (!batch) return;
  tally.controls += 1;
  await control(world, batch.id, 'cancel');
}

/** Asks until it is answered: a 503 may mean that it was done all the same, and doing it again is harmless. */
export async function control(world: World, id: string, action: string): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await world.studio.post(`/api/v1/batches/${id}/${action}`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(500);
  }
  throw new Error(`${action} of ${id} was not answered within a minute`);
}
