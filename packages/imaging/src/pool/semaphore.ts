/** Hands back what was acquired; calling it again does nothing. */
export type Release = () => void;

export interface Acquire {
  /** Before all that wait. */
  first?: boolean;
  /** For whom: owners are served in turn. Callers without a name are one owner. */
  owner?: string;
}

export interface Semaphore {
  /**
   * Waits until `weight` units are free and takes them. The owner that holds least comes next, of several the one that was
   * served longest ago; of one owner's callers, the one that came first. A weight above the capacity takes all of it, so an
   * outsized request runs alone instead of never. Rejects with the signal's reason.
   */
  acquire(weight: number, signal: AbortSignal, options?: Acquire): Promise<Release>;
}

interface Waiter {
  weight: number;
  first: boolean;
  owner: string;
  admit(): void;
}

/** A counting semaphore with weights, fair among owners: CPU slots with weight 1, memory with weight in bytes. */
export function createSemaphore(capacity: number): Semaphore {
  let free = capacity;
  let served = 0;
  const waiting: Waiter[] = [];
  /** Of each owner that holds or waits: its units, and when it was last served. */
  const owners = new Map<string, { held: number; lastServed: number }>();
  const of = (owner: string) => owners.get(owner) ?? { held: 0, lastServed: 0 };

  function nextWaiter(): Waiter | undefined {
    return waiting.reduce<Waiter | undefined>((best, waiter) => {
      if (!best || best.first !== waiter.first) return best?.first ? best : waiter;
      const [a, b] = [of(best.owner), of(waiter.owner)];
      const isSooner = b.held < a.held || (b.held === a.held && b.lastServed < a.lastServed);
      return isSooner ? waiter : best;
    }, undefined);
  }

  function admitWaiting(): void {
    for (let next = nextWaiter(); next && next.weight <= free; next = nextWaiter()) {
      waiting.splice(waiting.indexOf(next), 1);
      hold(next.owner, next.weight);
      next.admit();
    }
  }

  function hold(owner: string, weight: number): void {
    free -= weight;
    served += 1;
    owners.set(owner, { held: of(owner).held + weight, lastServed: served });
  }

  function giveBack(owner: string, weight: number): void {
    free += weight;
    const { held, lastServed } = of(owner);
    owners.set(owner, { held: held - weight, lastServed });
    forgetIdle(owner);
  }

  /** Only owners that hold or wait are remembered. */
  function forgetIdle(owner: string): void {
    if (of(owner).held === 0 && !waiting.some((waiter) => waiter.owner === owner)) owners.delete(owner);
  }

  function releaseOnce({ owner, weight }: Waiter): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      giveBack(owner, weight);
      admitWaiting();
    };
  }

  return {
    acquire(requested, signal, { first = false, owner = '' } = {}) {
      const weight = Math.min(requested, capacity);
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const waiter: Waiter = {
          weight,
          first,
          owner,
          admit() {
            signal.removeEventListener('abort', leave);
            resolve(releaseOnce(waiter));
          },
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          forgetIdle(owner);
          reject(signal.reason);
          // Requests behind an outsized one may fit now.
          admitWaiting();
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(waiter);
        admitWaiting();
      });
    },
  };
}
