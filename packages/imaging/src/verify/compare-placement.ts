import type { Scene } from '../segment/analyse-scene.ts';

/** When a product stands in its photo's place, all as shares of a side. Halved and doubled with the answers of
 * `check-unchanged.ts`; no right answer stood in its photo's place, and 40 of 45 echoes did.
 */
const THRESHOLDS = {
  /** Part of each side of its photo that an echo shows at least: a crop by 5 %, with the box's rounding. Doubled, a crop by 3 % is missed. */
  leastWindow: 0.93,
  /** Rounding of a box's place and size. At 0 a crop by 3 % is missed; halved and doubled, nothing changes. */
  slack: 0.014,
  /** Distance of the product's middle from the frame's, up to which nothing had to be moved. The photos' products stood 0.012 to 0.17 off; nothing changes. */
  centred: 0.03,
  /** Share of the frame that a product fills, from which on nothing had to be enlarged. Echoes that fill 0.55 and 0.66 are caught in the tests; one that fills 0.83 may be right. Nothing changes. */
  large: 0.7,
};

/** Whether a product stands in its frame just where it does in the photo, or in one that was cropped by up to 5 %. */
export function comparePlacement(answer: Scene, photo: Scene): 'whole' | 'cropped' | null {
  if (!answer.product || !photo.product) return null;
  const [a, p] = [answer.segmentation, photo.segmentation];
  if (Math.abs((a.width * p.height) / (a.height * p.width) - 1) > 2 * THRESHOLDS.slack) return null;
  const [one, other] = [answer.product.box, photo.product.box];
  const across = windowOf([one.left, one.width, a.width], [other.left, other.width, p.width]);
  const down = windowOf([one.top, one.height, a.height], [other.top, other.height, p.height]);
  if (across === null || down === null || Math.abs(across - down) > 2 * THRESHOLDS.slack) return null;
  return across > 1 - THRESHOLDS.slack && down > 1 - THRESHOLDS.slack ? 'whole' : 'cropped';
}

type Extent = [start: number, length: number, side: number];

/** The share of the photo's side that the answer shows, if it shows a part of it at all. */
function windowOf([start, length, side]: Extent, [from, extent, whole]: Extent): number | null {
  const window = extent / whole / (length / side);
  const begin = from / whole - (start / side) * window;
  const isPart = begin >= -THRESHOLDS.slack && begin + window <= 1 + THRESHOLDS.slack;
  return isPart && window >= THRESHOLDS.leastWindow && window <= 1 + THRESHOLDS.slack ? window : null;
}

/** Whether a photo already shows its product whole, in the middle and large: a good picture may have it just there. */
export function isWellPlaced({ segmentation, product }: Scene): boolean {
  if (!product || product.touches.length > 0) return false;
  const { box } = product;
  const fill = Math.max(box.width / segmentation.width, box.height / segmentation.height);
  return (
    fill >= THRESHOLDS.large &&
    Math.abs((box.left + box.width / 2) / segmentation.width - 0.5) <= THRESHOLDS.centred &&
    Math.abs((box.top + box.height / 2) / segmentation.height - 0.5) <= THRESHOLDS.centred
  );
}
