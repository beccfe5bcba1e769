import { pixelsWhere } from '../../kernels/pixels-where.ts';
import { isStronglyColoured } from '../background/segment-background.ts';
import { boundaryPixels } from '../mask/boundary-pixels.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';
import { productContrast } from './find-product.ts';

/** What codecs leave beside an outline. Every number but `ringing` changes some of the catalogue's 26 photos when it is halved and when it is doubled. */
const THRESHOLDS = {
  /** Share of the product's contrast that rings beside an outline on the map, at most; below 53 levels of contrast it decides instead of `mostRinging`. */
  ringing: 0.15,
  /** Levels of such ringing at most. */
  mostRinging: 8,
  /** The share where a strong background's colour is smeared. */
  smear: 0.3,
  /** Levels of such smearing at most. */
  mostSmear: 45,
  /** Map pixels from the background that it reaches: the smear of a strong colour, and ringing. */
  reach: { strong: 8, other: 4 },
};

/**
 * JPEG smears a product's colour over up to 16 pixels of a background beside it, and rings. Such pixels differ from the
 * background, yet are background: they are taken back when they are faint beside the strongest contrast near them and lie close to
 * the background. On a whitish background only the faintest are, since a white sole or a glass rim looks just like them.
 */
export function removeCompressionHalo(before: Segmentation): Segmentation {
  const found = withOwnMask(before);
  const contrast = productContrast(found);
  const { width, height, mask, distance } = found;
  const isStrong = isStronglyColoured(found);
  const [share, most] = isStrong
    ? [THRESHOLDS.smear, THRESHOLDS.mostSmear]
    : [THRESHOLDS.ringing, THRESHOLDS.mostRinging];
  const reach = isStrong ? THRESHOLDS.reach.strong : THRESHOLDS.reach.other;
  const faintest = Math.min(most, share * contrast);
  const faint = pixelsWhere({ of: mask, most: 0 }, { of: distance, most: faintest });
  if (!faint.includes(1)) return before;
  // The rim is found in the background as it is, so that the map's order plays no part.
  const rim = boundaryPixels(mask, width);
  const { queue } = rim;
  let { end } = rim;
  const last = width * (height - 1);
  for (let ring = 0, start = 0; ring < reach; ring++) {
    for (const ringEnd = end; start < ringEnd; start++) {
      const pixel = queue[start];
      const x = pixel % width;
      if (x > 0 && faint[pixel - 1] === 1) end = take(mask, faint, queue, end, pixel - 1);
      if (x < width - 1 && faint[pixel + 1] === 1) end = take(mask, faint, queue, end, pixel + 1);
      if (pixel >= width && faint[pixel - width] === 1) end = take(mask, faint, queue, end, pixel - width);
      if (pixel < last && faint[pixel + width] === 1) end = take(mask, faint, queue, end, pixel + width);
    }
  }
  return found;
}

/** Takes a faint pixel back, once. Returns the queue's new end. */
function take(mask: Uint8Array, faint: Uint8Array, queue: Int32Array, end: number, pixel: number): number {
  faint[pixel] = 0;
  mask[pixel] = 1;
  queue[end] = pixel;
  return end + 1;
}
