import { dilate } from '../../kernels/dilate.ts';
import { inverted } from '../../kernels/pixels-where.ts';
import { partOfMask } from '../mask/mask-pixels.ts';
import type { Segmentation } from '../segmentation.ts';

/** What makes an outline ragged. */
const THRESHOLDS = {
  /** Tolerance in levels below which a background eats no notches into a product. Even backgrounds measured 3.5 to 5; from 16 on, a mouse of the catalogue that was eaten is not called ragged. */
  leastUneven: 8,
  /** Map pixels that a spike or a notch is wide at most, halved. At 1, stripes that were eaten are none (is-ragged.test.ts); at 4, cuts of 5 more of the catalogue's 26 photos are ragged. */
  thin: 2,
  /** Spikes and notches, each as a share of the outline's length: cuts of packshots measured up to 0.15, shoes with laces 0.26; a striped shirt on a dark floor and a black shoe on pink, both eaten, 0.35 and 0.37. */
  ragged: 0.3,
};

/**
 * Whether the outline is all spikes and notches: stripes or meshes of the product in the colour of an uneven background were
 * taken for background. A fringe looks the same, and is for somebody to look at too.
 */
export function isRagged(segmentation: Segmentation): boolean {
  if (segmentation.tolerance < THRESHOLDS.leastUneven) return false;
  const { width, height, mask } = segmentation;
  const product = partOfMask(mask, 0);
  const outside = inverted(product);
  const nearProduct = dilate(product, width, height, THRESHOLDS.thin);
  const nearBackground = dilate(outside, width, height, THRESHOLDS.thin);
  const withoutSpikes = dilate(inverted(nearBackground), width, height, THRESHOLDS.thin);
  const besideNotches = dilate(inverted(nearProduct), width, height, THRESHOLDS.thin);
  let spikes = 0;
  let notches = 0;
  let outline = 0;
  for (let pixel = width; pixel < product.length - width; pixel++) {
    if (product[pixel] === 0) {
      if (besideNotches[pixel] === 0) notches++;
      continue;
    }
    if (withoutSpikes[pixel] === 0) spikes++;
    const isRim =
      product[pixel - 1] === 0 ||
      product[pixel + 1] === 0 ||
      product[pixel - width] === 0 ||
      product[pixel + width] === 0;
    if (isRim) outline++;
  }
  return Math.min(spikes, notches) > THRESHOLDS.ragged * outline;
}
