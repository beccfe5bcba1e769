import { StageError, say } from '@image-studio/contract';
import { type Acquire, createSemaphore } from './semaphore.ts';
import { type Child, type ChildOptions, startChild } from './start-child.ts';

export interface ChildPool {
  /**
   * Runs one task in a child of its own for that time. A task that waits for a child leaves the line when the signal fires; a
   * task under way is finished. Owners are served in turn. Rejects with `ChildDied` when the child died at work on the task.
   */
  run(task: object, signal: AbortSignal, options?: Acquire): Promise<unknown>;
  /** Of all children so far: CPU seconds; of those that live: how many, and what they hold. */
  usage(): { cpuSeconds: number; children: number; memoryBytes: number };
  /** Takes no more tasks; resolves when those under way have ended, and with them the children. */
  close(): Promise<void>;
}

/** At most `size` children, started when they are needed and kept for the next task. */
export function createChildPool({ size, ...options }: ChildOptions & { size: number }): ChildPool {
  const slots = createSemaphore(size);
  const children = new Set<Child>();
  /** The last one used comes first, so that the others grow old. */
  const idle = new Map<Child, NodeJS.Timeout>();
  const running = new Set<Promise<unknown>>();
  let closed = false;
  let cpuMsOfEnded = 0;

  async function take(): Promise<Child> {
    const [child, timer] = [...idle].at(-1) ?? [];
    if (child) {
      clearTimeout(timer);
      idle.delete(child);
      return child;
    }
    const started = await startChild(options);
    children.add(started);
    void started.ended.then(() => {
      cpuMsOfEnded += started.usage().cpuMs;
      children.delete(started);
      clearTimeout(idle.get(started));
      idle.delete(started);
    });
    return started;
  }

  function giveBack(child: Child): void {
    if (closed || child.isWorn()) return void child.end();
    // One stays, so that the first picture after a pause does not wait for a process to start.
    const rest = () => {
      if (idle.size === 1) return;
      idle.delete(child);
      void child.end();
    };
    idle.set(child, setTimeout(rest, options.limits.idleMs).unref());
  }

  async function work(task: object, signal: AbortSignal, options?: Acquire): Promise<unknown> {
    const release = await slots.acquire(1, signal, options);
    try {
      if (closed) throw new StageError('INTERNAL', say`the worker is closing`, { verdict: 'retry' });
      const child = await take();
      const result = await child.run(task).catch((error: unknown) => {
        void child.end();
        throw error;
      });
      giveBack(child);
      return result;
    } finally {
      release();
    }
  }

  return {
    async run(task, signal, options) {
      const done = work(task, signal, options);
      running.add(done);
      return done.finally(() => running.delete(done));
    },
    usage() {
      const used = [...children].map((child) => child.usage());
      const sum = (of: (one: (typeof used)[number]) => number) =>
        used.reduce((total, one) => total + of(one), 0);
      return {
        cpuSeconds: (cpuMsOfEnded + sum(({ cpuMs }) => cpuMs)) / 1000,
        children: children.size,
        memoryBytes: sum(({ memoryBytes }) => memoryBytes),
      };
    },
    async close() {
      closed = true;
      for (const [child, timer] of idle) {
        clearTimeout(timer);
        void child.end();
      }
      idle.clear();
      await Promise.allSettled(running);
      await Promise.all([...children].map(({ ended }) => ended));
    },
  };
}
