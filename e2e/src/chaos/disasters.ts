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
  /** Calls that may be paid twice without anybody's fault: their process could not tell anybody of the answer. */
  excuse(calls: number): void;
  /** Redis is being killed or frozen, and cannot be killed or frozen besides. */
  isRedisAway: boolean;
  /** While the bucket is away, since when (`Date.now()`). */
  storeAway: { since: number; until: number }[];
  fault(sentence: string): void;
}

/** One thing that can go wrong, or that somebody does. Resolves with whether there was anything to do it to. */
export type Disaster = (scene: Scene) => Promise<boolean>;

const STORE_FAULTS: S3Fault[] = [
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'error', status: 503, code: 'SlowDown' },
  { kind: 'error', status: 404, code: 'NoSuchBucket' },
];

/** What can happen, by its name in the line of figures. */
export const DISASTERS = {
  'worker kills': killWorker,
  'kill streaks': killAllThrice,
  'worker freezes': freezeWorker,
  'worker stops': stopWorker,
  'API kills': killApi,
  'Redis kills': killRedis,
  'Redis freezes': freezeRedis,
  'store outages': takeStoreAway,
  pauses: pauseAndResume,
  cancels: cancel,
} as const satisfies Record<string, Disaster>;

export type DisasterKind = keyof typeof DISASTERS;

async function killWorker({ fleet, random }: Scene): Promise<boolean> {
  const victim = random.pick(fleet.alive().filter(({ isTaken }) => !isTaken));
  if (!victim) return false;
  victim.killedAt = Date.now();
  await victim.process.stop('SIGKILL');
  fleet.start();
  return true;
}

/** An operator who is out of luck: whatever works is killed, each time as soon as it works again. */
async function killAllThrice({ world, fleet, open }: Scene): Promise<boolean> {
  if (open().length === 0) return false;
  for (const _kill of [1, 2, 3]) {
    const victims = fleet.alive().filter(({ isTaken }) => !isTaken);
    const before = world.requestsForSkus();
    for (const victim of victims) {
      victim.killedAt = Date.now();
      fleet.start();
    }
    await Promise.all(victims.map((victim) => victim.process.stop('SIGKILL')));
    const patience = Date.now() + 4 * LOCK_MS;
    while (world.requestsForSkus() === before && Date.now() < patience) await sleep(20);
  }
  return true;
}

async function freezeWorker({ world, fleet, random, excuse }: Scene): Promise<boolean> {
  const victim = random.pick(fleet.alive().filter(({ isTaken }) => !isTaken));
  if (!victim) return false;
  victim.isTaken = true;
  victim.process.child.kill('SIGSTOP');
  const client = world.gemini.stats().clients[victim.client];
  if (client) excuse(client.accepted - client.answeredAt.filter((at) => at < Date.now() - 2000).length);
  await sleep(random.between(0.5, 2.5) * LOCK_MS);
  victim.process.child.kill('SIGCONT');
  victim.isTaken = false;
  return true;
}

/** Until a process has loaded its code, on a busy machine, the signal itself ends it, and there is nothing to lose. */
const LOADING_MS = 10_000;

async function stopWorker({ fleet, random, fault }: Scene): Promise<boolean> {
  const victim = random.pick(fleet.alive().filter(({ isTaken }) => !isTaken));
  if (!victim) return false;
  victim.isTaken = true;
  fleet.start();
  const isLoading = Date.now() - victim.startedAt < LOADING_MS;
  const code = await victim.process.stop('SIGTERM');
  if (code !== 0 && !(code === null && isLoading))
    fault(`a worker that was told to stop exited with ${code}: ${lastLines(victim.process.output())}`);
  return true;
}

/** What it logged last, without the stacks. */
function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-12);
  return lines.map((line) => line.replace(/,"stack":"(?:[^"\\]|\\.)*"/, '').slice(0, 300)).join('\n');
}

async function killApi({ world }: Scene): Promise<boolean> {
  await world.studio.api.stop('SIGKILL');
  world.studio.api = await world.studio.startApi();
  return true;
}

async function killRedis(scene: Scene): Promise<boolean> {
  const { world, random } = scene;
  if (scene.isRedisAway) return false;
  scene.isRedisAway = true;
  await world.studio.redis.kill('SIGKILL');
  await sleep(random.between(0.2, 1.7) * LOCK_MS);
  await world.studio.redis.restart();
  scene.isRedisAway = false;
  excuseTheWire(scene);
  return true;
}

async function freezeRedis(scene: Scene): Promise<boolean> {
  const { world, random } = scene;
  if (scene.isRedisAway) return false;
  scene.isRedisAway = true;
  await world.studio.redis.kill('SIGSTOP');
  await sleep(random.between(0.2, 1.7) * LOCK_MS);
  await world.studio.redis.kill('SIGCONT');
  scene.isRedisAway = false;
  excuseTheWire(scene);
  return true;
}

/** Their locks ran out although their processes live: somebody else makes these calls, too. */
function excuseTheWire({ world, excuse }: Scene): void {
  excuse(world.gemini.stats().onTheWire);
}

async function takeStoreAway({ world, random, storeAway }: Scene): Promise<boolean> {
  const fault = random.pick(STORE_FAULTS);
  const outage = { since: Date.now(), until: Number.POSITIVE_INFINITY };
  storeAway.push(outage);
  world.s3.interfere(() => fault);
  await sleep(random.between(1000, 3 * LOCK_MS));
  world.s3.interfere(() => undefined);
  outage.until = Date.now();
  return true;
}

async function pauseAndResume({ world, random, open }: Scene): Promise<boolean> {
  const batch = random.pick(open());
  if (!batch) return false;
  await control(world, batch.id, 'pause');
  await sleep(random.between(100, 4000));
  await control(world, batch.id, 'resume');
  return true;
}

async function cancel({ world, random, open }: Scene): Promise<boolean> {
  const batch = random.pick(open());
  if (!batch) return false;
  await control(world, batch.id, 'cancel');
  return true;
}

/** Asks until it is answered: a 503 may mean that it was done all the same, and doing it again is harmless. */
async function control(world: World, id: string, action: string): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    const answer = await world.studio.post(`/api/v1/batches/${id}/${action}`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(500);
  }
  throw new Error(`${action} of ${id} was not answered within a minute`);
}
