import { type Ground, isStrongGround } from './find-ground.ts';

// As a local, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { min } = Math;

/**
 * JPEG smears a product's colour over up to 16 pixels of a ground beside it, and rings. Such pixels differ from the
 * ground, yet are ground: they are taken back when they are faint beside the product's own `contrast` and lie close to
 * the ground. On a whitish ground only the faintest are, since a white sole or a glass rim looks just like them.
 */
export function clearHalo(found: Ground, contrast: number): void {
  if (found.fromAlpha) return;
  const { width, height, mask, distance } = found;
  const isStrong = isStrongGround(found);
  const faint = isStrong ? min(0.3 * contrast, 45) : min(0.15 * contrast, 8);
  const reach = isStrong ? 8 : 4;
  const pixels = width * height;
  const queue = new Int32Array(pixels);
  let end = 0;
  const visit = (pixel: number): void => {
    if (mask[pixel] !== 0 || (distance[pixel] as number) > faint) return;
    mask[pixel] = 1;
    queue[end++] = pixel;
  };
  const visitAround = (pixel: number): void => {
    const x = pixel % width;
    if (x > 0) visit(pixel - 1);
    if (x < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < pixels - width) visit(pixel + width);
  };
  // The first ring is found from the ground as it is, so that the map's order plays no part.
  const ground = Uint8Array.from(mask);
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (ground[pixel] !== 1) continue;
    const isInside = ground[pixel - 1] === 1 && ground[pixel + 1] === 1 && ground[pixel - width] === 1;
    if (!isInside || ground[pixel + width] !== 1) visitAround(pixel);
  }
  for (let ring = 1, start = 0; ring < reach; ring++) {
    const ringEnd = end;
    while (start < ringEnd) visitAround(queue[start++] as number);
  }
}
