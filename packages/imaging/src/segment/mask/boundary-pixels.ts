/** Of every call, since megabytes that come and go keep the collector busy. */
let queue = new Int32Array(0);

/**
 * Queues the background pixels (1 in `mask`) that have a pixel of the product (0) beside them: what spreads from the background
 * can only start there. The queue has room for the whole map, and is good until the next call.
 */
export function boundaryPixels(mask: Uint8Array, width: number): { queue: Int32Array; end: number } {
  if (queue.length < mask.length) queue = new Int32Array(mask.length);
  let end = 0;
  let above = NOWHERE;
  let here = reachOf(mask, 0, width);
  for (let row = 0; row < mask.length; row += width) {
    const below = reachOf(mask, row + width, width);
    const last = row + Math.min(width - 1, Math.max(above.last, here.last, below.last) + 1);
    for (
      let pixel = row + Math.max(0, Math.min(above.first, here.first, below.first) - 1);
      pixel <= last;
      pixel++
    ) {
      if (mask[pixel] !== 1) continue;
      const isRim =
        mask[pixel - 1] === 0 ||
        mask[pixel + 1] === 0 ||
        mask[pixel - width] === 0 ||
        mask[pixel + width] === 0;
      if (isRim) queue[end++] = pixel;
    }
    above = here;
    here = below;
  }
  return { queue, end };
}

/** From where to where there is product in a row, and that there is none. */
const NOWHERE = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };

/** A search for a byte looks at many at once: background far from the product costs next to nothing. */
function reachOf(mask: Uint8Array, row: number, width: number): { first: number; last: number } {
  const pixels = mask.subarray(row, row + width);
  const first = pixels.indexOf(0);
  return first < 0 ? NOWHERE : { first, last: pixels.lastIndexOf(0) };
}
