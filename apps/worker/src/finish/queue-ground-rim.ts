/** Of every call, since megabytes that come and go keep the collector busy. */
let queue = new Int32Array(0);

/**
 * Queues the ground pixels (1 in `mask`) that have a pixel of the product (0) beside them: what spreads from the ground
 * can only start there. The queue has room for the whole map, and is good until the next call.
 */
export function queueGroundRim(mask: Uint8Array, width: number): { queue: Int32Array; end: number } {
  if (queue.length < mask.length) queue = new Int32Array(mask.length);
  let end = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== 1) continue;
    const isRim =
      mask[pixel - 1] === 0 ||
      mask[pixel + 1] === 0 ||
      mask[pixel - width] === 0 ||
      mask[pixel + width] === 0;
    if (isRim) queue[end++] = pixel;
  }
  return { queue, end };
}
