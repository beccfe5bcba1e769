import type { Background } from '../background/background.ts';
import { neighbours } from '../mask/mask-pixels.ts';
import { type Segmentation, SHADOW, withOwnColour } from '../segmentation.ts';

/** Map pixels around a shadow in which the outline is unmixed against the shadow's colour. */
const MARGIN = 4;

/**
 * Turns the shadow into background with a colour of its own, so that it vanishes whole and the outline is freed from the shadow's
 * colour instead of the lit background's. Gives shadow pixels, and the product's outline beside them, the shadow's own colour as background colour. A shadow's
 * outermost pixels are mixed with the product already, so they take their colour from further inside.
 */
export function clearShadow(before: Segmentation): Segmentation {
  const background = withOwnColour(before);
  const { rgb, colour, mask, distance } = background;
  const done = new Uint8Array(mask.length);
  let ring: number[] = [];
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== SHADOW || touchesProduct(pixel, background)) continue;
    done[pixel] = 1;
    ring.push(pixel);
  }
  for (const pixel of ring) {
    colour.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 3);
    distance[pixel] = 0;
  }
  for (let round = 0; round < MARGIN; round++) {
    const next: number[] = [];
    for (const pixel of ring) {
      for (const other of neighbours(pixel, background)) {
        if (done[other] === 1 || mask[other] === 1) continue;
        done[other] = 1;
        let most = 0;
        for (let c = 0; c < 3; c++) {
          const value = colour[pixel * 3 + c];
          colour[other * 3 + c] = value;
          most = Math.max(most, Math.abs(rgb[other * 3 + c] - value));
        }
        distance[other] = most;
        next.push(other);
      }
    }
    ring = next;
  }
  const cleared = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== SHADOW) continue;
    mask[pixel] = 1;
    cleared[pixel] = 1;
  }
  return { ...background, clearedShadow: cleared };
}

/** Whether the product is within two pixels along the row or the column; beyond the map's sides lies another row. */
function touchesProduct(pixel: number, { mask, width }: Background): boolean {
  const x = pixel % width;
  return (
    (x > 0 && mask[pixel - 1] === 0) ||
    (x < width - 1 && mask[pixel + 1] === 0) ||
    (x > 1 && mask[pixel - 2] === 0) ||
    (x < width - 2 && mask[pixel + 2] === 0) ||
    mask[pixel - width] === 0 ||
    mask[pixel + width] === 0 ||
    mask[pixel - 2 * width] === 0 ||
    mask[pixel + 2 * width] === 0
  );
}
