/** Mean of `values` over a region, 0 where that is empty. */
export function meanOver(region: Int32Array, values: Uint8Array): number {
  let sum = 0;
  for (const pixel of region) sum += values[pixel];
  return sum / Math.max(1, region.length);
}
