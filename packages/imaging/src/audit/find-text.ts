import { connectedComponents } from '../segment/mask/connected-components.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { type DrawnBox, hasLineOfText } from '../verify/line-of-text.ts';

/** What may be a letter of a line of text, which `line-of-text.ts` finds. No measurement on photos is on record; the test beside this file plants such faults. */
const THRESHOLDS = {
  /** Levels by which a letter's strongest pixel differs from the background at least. */
  drawn: 14,
  /** Height of a letter, and the side of the square that has its pixels, as shares of the map's height; with room for letters that are turned. */
  letter: { least: 0.01, most: 0.14 },
  /** Pieces of that size at most: more are noise or a pattern. */
  mostSpecks: 1500,
};
/** Degrees by which lines of text are looked for: watermarks run across, upright or slanted. */
const ANGLES = [0, -45, 45, -30, 30, -20, 20, 90];

/**
 * Whether a line of text stands on the background of a picture. Only what stands free counts as a letter: print on the product
 * is the product's own.
 */
export function hasTextBeside({ mask, distance, width, height }: Segmentation): boolean {
  const standing = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] === 0) standing[pixel] = 1;
  const letters = connectedComponents(standing, width).filter((pixels) => {
    if (pixels.length > (THRESHOLDS.letter.most * height) ** 2) return false;
    return pixels.some((pixel) => (distance[pixel] as number) >= THRESHOLDS.drawn);
  });
  if (letters.length > THRESHOLDS.mostSpecks) return false;
  return ANGLES.some((angle) => {
    const boxes = letters.map((pixels) => turnedBox(pixels, width, angle));
    return hasLineOfText(
      boxes.filter((box) => box.bottom - box.top >= THRESHOLDS.letter.least * height),
      height,
    );
  });
}

/** The box of some pixels once the picture was turned by so many degrees. */
function turnedBox(pixels: Int32Array, width: number, degrees: number): DrawnBox {
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const box = {
    left: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  };
  for (const pixel of pixels) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    const u = x * cos - y * sin;
    const v = x * sin + y * cos;
    box.left = Math.min(box.left, u);
    box.right = Math.max(box.right, u);
    box.top = Math.min(box.top, v);
    box.bottom = Math.max(box.bottom, v);
  }
  return { ...box, pixels };
}
