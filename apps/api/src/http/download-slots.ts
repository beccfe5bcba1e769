import { busy } from './busy.ts';

/**
 * Measured with 200 at once whose readers had stopped: 737 MB, and the event loop held for 0.2 to 0.4 s at a time. Half
 * of the room is for one tenant, so that nobody can take all of it.
 */
const MOST = { altogether: 32, ofTenant: 16 };

/** Files that are made while they are sent, of this process together. */
export interface DownloadSlots {
  /** Takes a place; what it returns gives it back, once. Throws 503 `BUSY` when there is none. */
  enter(tenant: string): () => void;
}

export function createDownloadSlots(
  most = MOST,
  words = 'Too many manifests and ZIPs are being sent at the moment; try again shortly.',
): DownloadSlots {
  const now = new Map<string, number>();
  let altogether = 0;
  return {
    enter(tenant) {
      const ofTenant = now.get(tenant) ?? 0;
      if (altogether >= most.altogether || ofTenant >= most.ofTenant) throw busy(words);
      altogether += 1;
      now.set(tenant, ofTenant + 1);
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        altogether -= 1;
        const left = (now.get(tenant) ?? 1) - 1;
        if (left === 0) now.delete(tenant);
        else now.set(tenant, left);
      };
    },
  };
}
