import { type Ground, whitenessOf } from './find-ground.ts';
import type { Product } from './find-product.ts';

/** A ground this light is a studio's, or a cut-out's; hardly anybody photographs a shelf or a floor in front of it. */
const WHITE = 250;
/**
 * Share of both opposite sides that something takes which goes on beyond the picture. Tight crops measured at most 0.25
 * at one of the two: a hood and a hem, corners of a tablet.
 */
const GOES_ON = 0.3;

/**
 * Whether a "product" runs from one edge of a photo to the opposite one and is a shelf, a floor or the joints of a table,
 * not something on white that was cropped as tightly as possible.
 */
export function fillsTheFrame(ground: Ground, { touches }: Product): boolean {
  const { width, height } = ground;
  const isWhite = whitenessOf(ground) >= WHITE;
  const goesOn = (a: number, b: number): boolean => !isWhite || Math.min(a, b) > GOES_ON;
  const row = (y: number): number => takenShare(ground, y * width, 1, width);
  const column = (x: number): number => takenShare(ground, x, width, height);
  return (
    (touches.includes('left') && touches.includes('right') && goesOn(column(0), column(width - 1))) ||
    (touches.includes('top') && touches.includes('bottom') && goesOn(row(0), row(height - 1)))
  );
}

function takenShare({ mask }: Ground, first: number, stride: number, length: number): number {
  let taken = 0;
  for (let i = 0, pixel = first; i < length; i++, pixel += stride) if (mask[pixel] === 0) taken++;
  return taken / length;
}
