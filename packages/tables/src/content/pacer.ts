import { setImmediate as nextTurn } from 'node:timers/promises';

/** A slice of work after which the event loop turns, ms. */
const SLICE_MS = 8;

/** Lets the event loop turn between slices of long work: call it often, and await what it gives, if anything. */
export type Pacer = () => Promise<void> | undefined;

export function createPacer(sliceMs = SLICE_MS): Pacer {
  let start = performance.now();
  return () => {
    if (performance.now() - start < sliceMs) return undefined;
    return nextTurn().then(() => {
      start = performance.now();
    });
  };
}
