import { createSemaphore, type Release, type Semaphore } from '@image-studio/imaging/pool';

/** Requests to one host at once: as many as a browser has open to the server of a small shop. */
const AT_ONCE = 4;

/** Lets so many pictures of one host be fetched at once by this process, first come first served. */
export interface HostLimiter {
  /** Resolves with the way to give the place back; rejects with the signal's reason. */
  take(host: string, signal: AbortSignal): Promise<Release>;
}

export function createHostLimiter(): HostLimiter {
  const hosts = new Map<string, { places: Semaphore; users: number }>();
  return {
    async take(host, signal) {
      const known = hosts.get(host) ?? { places: createSemaphore(AT_ONCE), users: 0 };
      hosts.set(host, known);
      known.users += 1;
      const leave = () => {
        known.users -= 1;
        if (known.users === 0) hosts.delete(host);
      };
      try {
        const release = await known.places.acquire(1, signal);
        return () => {
          release();
          leave();
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}
