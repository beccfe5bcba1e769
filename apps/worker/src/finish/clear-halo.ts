import { type Ground, isStrongGround } from './find-ground.ts';
import { localMost } from './local-most.ts';

// As locals, because a module that runs in a vm context (Jest) pays dearly for every look at a global.
const { max, min } = Math;

/** Of what ringing leaves on the map beside an outline, by strength of the outline; and at most, in levels. */
const RINGING = 0.15;
const MOST_RINGING = 8;
/** The same where a strong ground's colour is smeared. */
const SMEAR = 0.3;
const MOST_SMEAR = 45;

/**
 * JPEG smears a product's colour over up to 16 pixels of a ground beside it, and rings. Such pixels differ from the
 * ground, yet are ground: they are taken back when they are faint beside the strongest contrast near them and lie close to
 * the ground. On a whitish ground only the faintest are, since a white sole or a glass rim looks just like them.
 */
export function clearHalo(found: Ground, contrast: number): void {
  if (found.fromAlpha) return;
  const { width, height, mask, distance } = found;
  const isStrong = isStrongGround(found);
  const [share, most] = isStrong ? [SMEAR, MOST_SMEAR] : [RINGING, MOST_RINGING];
  const reach = isStrong ? 8 : found.forPale ? max(4, found.block) : 4;
  // Among pale parts each has to be judged by what is beside it; elsewhere the product's typical contrast is steadier.
  const nearby = found.forPale
    ? localMost(distance, width, height, reach)
    : new Uint8Array(distance.length).fill(contrast);
  const pixels = width * height;
  const queue = new Int32Array(pixels);
  let end = 0;
  const visit = (pixel: number): void => {
    if (mask[pixel] !== 0 || (distance[pixel] as number) > min(most, share * (nearby[pixel] as number)))
      return;
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
