/** A map of its own with 1 where `mask` is `value`. A plain loop: a closure would be compiled anew for each picture. */
export function partOfMask(mask: Uint8Array, value: number): Uint8Array {
  const part = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === value) part[pixel] = 1;
  return part;
}
