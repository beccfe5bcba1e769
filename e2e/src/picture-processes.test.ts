import { readFileSync } from 'node:fs';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const soon = { timeoutMs: 60_000, intervalMs: 20 };
let world: World;

beforeAll(async () => {
  world = await openWorld({
    workers: 1,
    env: { PICTURE_THREADS: '2', GEMINI_API_KEY_OF_SOMEBODY: 'a secret of the worker' },
  });
});
afterAll(() => world?.close());

/** Children of the worker that runs; Linux tells. */
function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const workerPid = () => world.workers()[0]?.child.pid;

test('a child that crashes in the middle of a batch costs no SKU anything, and the worker goes on', async () => {
  const { id } = await world.submit(await world.skus(16));
  const worker = workerPid();
  const crashed = new Set<number>();
  while (crashed.size < 2) {
    await eventually(() => expect(childrenOf(worker).some((pid) => !crashed.has(pid))).toBe(true), soon);
    const victim = childrenOf(worker).find((pid) => !crashed.has(pid)) ?? 0;
    crashed.add(victim);
    process.kill(victim, 'SIGSEGV');
    // Two deaths beneath the same picture would speak against it: so another one is under way first.
    const before = (await world.batch(id)).images.done;
    await eventually(async () => expect((await world.batch(id)).images.done).toBeGreaterThan(before), soon);
  }
  expect((await world.ended(id)).counts).toMatchObject({ completed: 16, failed: 0 });
  expect(workerPid()).toBe(worker);
});

test('children are told nothing that is secret', () => {
  const [child] = childrenOf(workerPid());
  const environment = readFileSync(`/proc/${child}/environ`, 'utf8');
  expect(environment).toContain('PATH=');
  expect(environment).not.toMatch(/KEY|SECRET|REDIS/);
});

test('children end with their worker, however it ends', async () => {
  const children = childrenOf(workerPid());
  expect(children.length).toBeGreaterThan(0);
  await world.killWorkers();
  await eventually(() => expect(children.filter(isAlive)).toEqual([]), soon);
});
