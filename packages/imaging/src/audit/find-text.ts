import { connectedComponents } from '../segment/mask/connected-components.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { type DrawnBox, hasLineOfText } from '../verify/line-of-text.ts';

/** What may be a letter of a line of text, which `line-of-text.ts` finds. Of 24 pictures with planted text one watermark is missed; no text is found in 90 photos and clean pictures. */
const THRESHOLDS = {
  /** Levels by which a letter's strongest pixel differs from the background at least; watermarks had 15 and more. Halved and doubled, none of 30 pictures is judged otherwise. */
  drawn: 14,
  /** Side of the square that has a letter's pixels at most, as a share of the map's height. Letters were 0.043 high. Halved and doubled, none of 30 pictures is judged otherwise; larger pieces are not turned eight times. */
  letter: 0.14,
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
    if (pixels.length > (THRESHOLDS.letter * height) ** 2) return false;
    return pixels.some((pixel) => (distance[pixel] as number) >= THRESHOLDS.drawn);
  });
  return ANGLES.some((angle) =>
    hasLineOfText(
      letters.map((pixels) => turnedBox(pixels, width, angle)),
      height,
    ),
  );
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
