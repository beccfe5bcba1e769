import { isOpen } from './be-patient.ts';
import type { Redis } from './connect.ts';

/** Work that nobody waits for, until the process ends. */
export interface BackgroundWork {
  /** Runs it once; a fault of it is told. */
  run(work: () => Promise<void>): void;
  /** Runs it again and again. Never while Redis is away: the commands would queue up and all run at once on its return. */
  every(ms: number, work: () => Promise<void>): void;
  /** Begins nothing more by itself. */
  stop(): void;
  /** Resolves when all that was begun has ended. */
  settled(): Promise<void>;
}

export function createBackgroundWork(
  redis: Redis,
  tell: (error: unknown, what: string) => void,
): BackgroundWork {
  const running = new Set<Promise<void>>();
  const timers: NodeJS.Timeout[] = [];
  const run = (work: () => Promise<void>): void => {
    const promise = work().catch((error: unknown) => tell(error, 'background work stopped half-way'));
    running.add(promise);
    void promise.finally(() => running.delete(promise));
  };
  return {
    run,
    every(ms, work) {
      timers.push(
        setInterval(() => {
          if (isOpen(redis)) run(work);
        }, ms),
      );
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
