/** A frame of 2048 px; what is larger is rare, and left to the collector. */
const LARGEST = 3 * 2048 * 2048;
/** The frame, the cut-out and its opacity: what one picture uses at once. */
const KEPT = 3;

/** Used by nobody now. */
const free: ArrayBuffer[] = [];
/** Used by somebody. Only these come back: a `Buffer` of another origin may share its memory with others. */
const lent = new WeakSet<ArrayBufferLike>();

/**
 * Memory for the pixels of one picture, with whatever an earlier one left in it: the borrower overwrites every byte.
 * New megabytes for each picture make V8 collect its whole heap several times a picture, and the system clear them.
 */
export function borrowBuffer(length: number): Uint8Array {
  let best = -1;
  for (const [at, { byteLength }] of free.entries()) {
    if (byteLength >= length && byteLength < (free[best]?.byteLength ?? Number.POSITIVE_INFINITY)) best = at;
  }
  const [buffer = new ArrayBuffer(length)] = best < 0 ? [] : free.splice(best, 1);
  lent.add(buffer);
  return new Uint8Array(buffer, 0, length);
}

/**
 * Gives back what was borrowed, and ignores everything else; nobody may look at it afterwards. Who fails before that
 * leaves it to the collector.
 */
export function giveBuffersBack(...buffers: Uint8Array[]): void {
  for (const { buffer } of buffers) {
    if (!lent.delete(buffer) || buffer.byteLength > LARGEST) continue;
    free.push(buffer as ArrayBuffer);
    if (free.length <= KEPT) continue;
    // Of a small frame that came before larger ones there is no more use.
    free.sort((a, b) => b.byteLength - a.byteLength);
    free.pop();
  }
}
