/** Hands back what was acquired; calling it again does nothing. */
export type Release = () => void;

export interface Semaphore {
  /**
   * Waits, first come first served, until `weight` units are free and takes them. A weight above the capacity takes
   * all of it, so an outsized request runs alone instead of never. `first` goes before all that wait. Rejects with the
   * signal's reason.
   */
  acquire(weight: number, signal: AbortSignal, options?: { first?: boolean }): Promise<Release>;
}

interface Waiter {
  weight: number;
  admit(): void;
}

/** A counting semaphore with weights: CPU slots with weight 1, memory with weight in bytes. */
export function createSemaphore(capacity: number): Semaphore {
  let free = capacity;
  const waiting: Waiter[] = [];

  function admitWaiting(): void {
    for (let next = waiting[0]; next && next.weight <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.weight;
      next.admit();
    }
  }

  function releaseOnce(weight: number): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      free += weight;
      admitWaiting();
    };
  }

  return {
    acquire(requested, signal, { first = false } = {}) {
      const weight = Math.min(requested, capacity);
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const waiter: Waiter = {
          weight,
          admit() {
            signal.removeEventListener('abort', leave);
            resolve(releaseOnce(weight));
          },
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal.reason);
          // Whoever stood behind an outsized request may fit now.
          admitWaiting();
        };
        signal.addEventListener('abort', leave, { once: true });
        if (first) waiting.unshift(waiter);
        else waiting.push(waiter);
        admitWaiting();
      });
    },
  };
}
