/** Bytes that downloads hold together. */
export interface ByteBudget {
  /** Opens an account; nothing is held yet. */
  open(): Holding;
}

/** What one download holds. */
export interface Holding {
  /** Holds `bytes` more; a promise when it has to wait for others, which rejects with the signal's reason. */
  grow(bytes: number, signal: AbortSignal): Promise<void> | undefined;
  /** Gives everything back; calling it again does nothing. */
  release(): void;
}

interface Waiter {
  holding: object;
  bytes: number;
  admit(): void;
}

/**
 * Counts bytes as they arrive, not as they were announced: a supplier that promises 30 MB and sends a byte a second holds
 * a byte. Growing accounts could block each other for good, each half-way and none able to end; so the last `largest`
 * bytes are a lane for one download at a time, which can always end with them. `capacity` is at least `largest`.
 */
export function createByteBudget(capacity: number, largest: number): ByteBudget {
  const shared = capacity - largest;
  const waiting: Waiter[] = [];
  let sharedHeld = 0;
  let inLane: object | undefined;

  /** First come, first served; the one in the lane passes everybody. */
  function fits(holding: object, bytes: number): boolean {
    if (inLane === holding) return true;
    if (sharedHeld + bytes <= shared) return true;
    if (inLane !== undefined) return false;
    inLane = holding;
    return true;
  }

  function admitWaiting(): void {
    for (let next = waiting[0]; next && fits(next.holding, next.bytes); next = waiting[0]) {
      waiting.shift();
      next.admit();
    }
  }

  return {
    open() {
      let mine = 0;
      const holding = {};
      const take = (bytes: number) => {
        // Bytes that are taken in the lane count against the lane, which is as large as a photo may be.
        if (inLane === holding) return;
        sharedHeld += bytes;
        mine += bytes;
      };
      return {
        grow(bytes, signal) {
          const isFirst = waiting.length === 0 || inLane === holding;
          if (isFirst && fits(holding, bytes)) {
            take(bytes);
            return undefined;
          }
          return new Promise((resolve, reject) => {
            if (signal.aborted) return reject(signal.reason);
            const leave = () => {
              waiting.splice(waiting.indexOf(waiter), 1);
              reject(signal.reason);
              admitWaiting();
            };
            const waiter: Waiter = {
              holding,
              bytes,
              admit() {
                signal.removeEventListener('abort', leave);
                take(bytes);
                resolve();
              },
            };
            signal.addEventListener('abort', leave, { once: true });
            waiting.push(waiter);
          });
        },
        release() {
          sharedHeld -= mine;
          mine = 0;
          if (inLane === holding) inLane = undefined;
          admitWaiting();
        },
      };
    },
  };
}
