import { type Ground, isStrongGround } from './find-ground.ts';

// As a local, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { min } = Math;

/**
 * JPEG smears a product's colour over up to 16 pixels of a ground beside it, and rings. Such pixels differ from the
 * ground, yet are ground: they are taken back when they are faint beside the product's own `contrast` and lie close to
 * the ground. On a whitish ground only the faintest are, since a white sole or a glass rim looks just like them.
 */
export function clearHalo(ground: Ground, contrast: number): void {
  if (ground.fromAlpha) return;
  const { width, height, mask, distance } = ground;
  const isStrong = isStrongGround(ground);
  const faint = isStrong ? min(0.3 * contrast, 45) : min(0.15 * contrast, 8);
  const reach = isStrong ? 8 : 4;
  let edge: number[] = [];
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 1) edge.push(pixel);
  for (let ring = 0; ring < reach && edge.length > 0; ring++) {
    const next: number[] = [];
    for (const pixel of edge) {
      const x = pixel % width;
      for (const near of [
        x > 0 ? pixel - 1 : -1,
        x < width - 1 ? pixel + 1 : -1,
        pixel - width,
        pixel + width,
      ]) {
        if (near < 0 || near >= width * height || mask[near] !== 0 || (distance[near] as number) > faint)
          continue;
        mask[near] = 1;
        next.push(near);
      }
    }
    edge = next;
  }
}
