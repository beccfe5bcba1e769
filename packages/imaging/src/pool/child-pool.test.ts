import { eventually } from '@image-studio/testkit';
import { afterEach, expect, test } from '@jest/globals';
import type { FixtureTask } from '../testing/fixture-child.ts';
import { RUN_FROM_SOURCE } from '../testing/run-from-source.ts';
import { CHILD_LIMITS, type ChildLimits } from './child-limits.ts';
import { type ChildPool, createChildPool } from './child-pool.ts';

const never = new AbortController().signal;
let pool: ChildPool;

afterEach(() => pool.close());

function open(size: number, limits: Partial<ChildLimits> = {}) {
  pool = createChildPool({
    size,
    module: new URL('../testing/fixture-child.ts', import.meta.url),
    execArgv: RUN_FROM_SOURCE,
    env: { PATH: process.env.PATH },
    limits: { ...CHILD_LIMITS, ...limits },
  });
  return (task: FixtureTask, signal = never) => pool.run(task, signal);
}

const isAlive = (pid: unknown) => {
  try {
    return process.kill(pid as number, 0);
  } catch {
    return false;
  }
};

test('one child does one task after the other, and as many work at once as there is need', async () => {
  const run = open(2);
  const first = await run({ action: 'answer' });
  expect(await run({ action: 'answer' })).toBe(first);
  const [one, other] = await Promise.all([
    run({ action: 'sleep', ms: 50 }),
    run({ action: 'sleep', ms: 50 }),
  ]);
  expect(new Set([one, other]).size).toBe(2);
  expect(pool.usage()).toMatchObject({ children: 2 });
  expect(pool.usage().cpuSeconds).toBeGreaterThan(0);
  expect(pool.usage().memoryBytes).toBeGreaterThan(20e6);
});

test('buffers arrive as buffers, there and back', async () => {
  const run = open(1);
  const data = Buffer.from('pixels');
  expect(await run({ action: 'bytes', data })).toEqual({ isBuffer: true, data });
});

test('a child knows of the environment what it is told', async () => {
  const run = open(1);
  expect(await run({ action: 'environment' })).not.toContain('HOME=');
});

test.each([
  ['crash', 'crash', 'crashed (SIGSEGV)'],
  ['leave', 'crash', 'crashed (exit code 3)'],
] as const)(
  'a task that makes its child %s is told so, and the next has another child',
  async (action, reason, words) => {
    const run = open(1);
    const pid = await run({ action: 'answer' });
    await expect(run({ action })).rejects.toMatchObject({ name: 'ChildDied', reason, message: words });
    expect(await run({ action: 'answer' })).not.toBe(pid);
  },
);

test('who works beside a child that dies notices nothing', async () => {
  const run = open(2);
  const neighbour = run({ action: 'sleep', ms: 300 });
  await expect(run({ action: 'crash' })).rejects.toMatchObject({ reason: 'crash' });
  expect(isAlive(await neighbour)).toBe(true);
});

test('a task that takes too much CPU time ends with its child', async () => {
  const run = open(1, { cpuMs: 300 });
  await expect(run({ action: 'burn' })).rejects.toMatchObject({ reason: 'cpu' });
  expect(await run({ action: 'answer' })).toEqual(expect.any(Number));
});

test('a task that takes too much memory ends with its child, before it has much more', async () => {
  const run = open(1, { memoryBytes: 300e6 });
  const fault = await run({ action: 'eat' }).catch((error: Error) => error);
  expect(fault).toMatchObject({
    reason: 'memory',
    message: expect.stringMatching(/^took \d+ MB of memory$/),
  });
});

test('a child that gives no answer is killed when its time is up', async () => {
  const run = open(1, { clockMs: 200 });
  await expect(run({ action: 'sleep', ms: 60_000 })).rejects.toMatchObject({ reason: 'clock' });
});

test('a child that is killed from outside is told apart from one that crashed', async () => {
  const run = open(1);
  const pid = (await run({ action: 'answer' })) as number;
  const task = run({ action: 'sleep', ms: 60_000 });
  process.kill(pid, 'SIGKILL');
  await expect(task).rejects.toMatchObject({ reason: 'killed' });
});

test('a child that dies without a task is replaced, and nobody is blamed', async () => {
  const run = open(1);
  const pid = (await run({ action: 'answer' })) as number;
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(pool.usage().children).toBe(0));
  expect(await run({ action: 'answer' })).not.toBe(pid);
});

test('a child is replaced after so many tasks, or when it holds much between them', async () => {
  const few = open(1, { tasks: 2 });
  const pids = [
    await few({ action: 'answer' }),
    await few({ action: 'answer' }),
    await few({ action: 'answer' }),
  ];
  expect(pids[0]).toBe(pids[1]);
  expect(pids[2]).not.toBe(pids[1]);
  await pool.close();
  const small = open(1, { restBytes: 1 });
  expect(await small({ action: 'answer' })).not.toBe(await small({ action: 'answer' }));
});

test('of children without work one stays', async () => {
  const run = open(2, { idleMs: 50 });
  await Promise.all([run({ action: 'sleep', ms: 50 }), run({ action: 'sleep', ms: 50 })]);
  await eventually(() => expect(pool.usage().children).toBe(1));
});

test('who waits for a child leaves the line with the signal, and goes before the others when asked to', async () => {
  const run = open(1);
  const stop = new AbortController();
  const order: string[] = [];
  const busy = run({ action: 'sleep', ms: 200 });
  const cancelled = run({ action: 'answer' }, stop.signal);
  const last = run({ action: 'answer' }).then(() => order.push('last'));
  const first = pool.run({ action: 'answer' }, never, { first: true }).then(() => order.push('first'));
  stop.abort(new Error('cancelled'));
  await expect(cancelled).rejects.toThrow('cancelled');
  await Promise.all([busy, last, first]);
  expect(order).toEqual(['first', 'last']);
});

test('closing lets the task under way end, and then every child', async () => {
  const run = open(1);
  await run({ action: 'answer' });
  const last = run({ action: 'sleep', ms: 100 });
  await new Promise(setImmediate);
  await pool.close();
  expect(isAlive(await last)).toBe(false);
  await expect(run({ action: 'answer' })).rejects.toThrow('closing');
});

test('a program that does not start is no fault of the task', async () => {
  pool = createChildPool({
    size: 1,
    module: new URL('./no-such-file.js', import.meta.url),
    execArgv: [],
    env: {},
    limits: CHILD_LIMITS,
  });
  await expect(pool.run({}, never)).rejects.toThrow('did not start');
});
