import { setPriority } from 'node:os';
import type { ChildLimits } from './child-limits.ts';

/** How often a child at work looks at what it takes. Memory grows by some 50 MB in that time. */
const LOOK_MS = 25;
/**
 * Pixels give way to the event loop of the worker: a late picture is late, a late call costs quota. A little only: beside
 * programs of normal priority a child at 5 was left a third of its share.
 */
const NICENESS = 3;

/** What a child tells its pool. */
export type ChildMessage =
  | { type: 'ready' }
  | { type: 'done'; result: unknown; cpuMs: number; memoryBytes: number }
  /** The task takes too much; the child ends itself. */
  | { type: 'over'; what: 'cpu' | 'memory'; measured: number };

/**
 * The whole life of a child: one task at a time, each within its limits, until the pool ends the child or dies. Decoders cannot
 * be stopped from within, so a task that takes too much ends with its process.
 */
export function serveTasks(run: (task: unknown) => Promise<unknown>): void {
  const limits = JSON.parse(process.argv[2] ?? '{}') as Pick<ChildLimits, 'cpuMs' | 'memoryBytes'>;
  let busy = false;
  giveWay();
  // Ctrl-C and service managers signal the whole group; the worker decides when its children end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => (busy ? die() : process.exit()));
  process.on('message', async (task) => {
    busy = true;
    const stopWatching = watchLimits(limits);
    const result = await run(task);
    stopWatching();
    tell({ type: 'done', result, cpuMs: cpuMs(), memoryBytes: process.memoryUsage.rss() });
    busy = false;
  });
  tell({ type: 'ready' });
}

function watchLimits({ cpuMs: mostMs, memoryBytes }: Pick<ChildLimits, 'cpuMs' | 'memoryBytes'>): () => void {
  const before = cpuMs();
  const timer = setInterval(() => {
    const usedMs = cpuMs() - before;
    const rss = process.memoryUsage.rss();
    if (usedMs > mostMs) end({ type: 'over', what: 'cpu', measured: usedMs });
    else if (rss > memoryBytes) end({ type: 'over', what: 'memory', measured: rss });
  }, LOOK_MS);
  const end = (message: ChildMessage) => {
    clearInterval(timer);
    tell(message, die);
  };
  return () => clearInterval(timer);
}

/** CPU milliseconds of this process so far, all its threads included. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tell(message: ChildMessage, told: () => void = () => {}): void {
  // A pool that is gone hears nothing; `disconnect` ends this process.
  process.send?.(message, undefined, undefined, told);
}

/** At once: an orderly exit would wait for the decoder. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function giveWay(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // Not every system lets a process change its priority.
  }
}
