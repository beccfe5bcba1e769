import { dilate } from '../../kernels/dilate.ts';
import { inverted } from '../../kernels/pixels-where.ts';
import type { Background } from '../background/background.ts';
import { connectedComponents, findRuns } from '../mask/connected-components.ts';
import { meanOver, partOfMask } from '../mask/mask-pixels.ts';
import { type Segmentation, SHADOW, withOwnMask } from '../segmentation.ts';
import { isDarkerBackground } from './mark-shadow.ts';

/**
 * What makes an island that lies apart a shadow. The catalogue has no such picture: measured on 56 drawn photos of products that
 * float over their shadow, and on the parts of products in 328 photos with a known cut-out.
 */
const THRESHOLDS = {
  /** Map pixels of an island at least; smaller ones are decided as dust and stains. Shadows measured 2,061 to 7,604, grain beside them 19 to 32. */
  leastPixels: 60,
  /** Share of an island that is merely darker background, if it is a shadow. Shadows measured 1, nine of ten parts of products at most 0.66. */
  leastDarker: 0.9,
  /** What is left has to be at least this share of the island: a picture of nothing but a blur is no shadow. Beside shadows 2.8 to 16 times the island was left, beside grey products with their own shadow 0 to 0.1. */
  leastRest: 0.5,
  /** Map pixels along an island's outline in which a shadow has not gone far. In 1, shadows and grey parts measured up to 0.17 and from 0.26 of what stands below, in 2 0.28 and 0.5, in 4 0.32 and 0.59. */
  rim: 2,
  /** Mean difference from the background in that rim at most, as a share of the rest's. Shadows measured 0.10 to 0.28, grey parts 0.5 and more. */
  mostInRim: 0.4,
};

/**
 * A shadow that lies apart from its product, as under a floating shoe, is steeper and darker than light that may be
 * followed in small steps; but no part of a product fades out all around. Marks such islands as shadow.
 */
export function markDetachedShadows(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const { width, mask, distance } = background;
  // What was followed from the lit background is the outer part of the same shadow.
  const present = inverted(partOfMask(mask, 1));
  const { roots, count } = findRuns(present, width);
  // Most pictures show one thing, whose pixels need not be listed.
  if (!roots.subarray(0, count).some((root) => root !== 0)) return before;
  const islands = connectedComponents(present, width);
  let rest = islands.reduce((sum, { length }) => sum + length, 0);
  let nearBackground: Uint8Array | undefined;
  for (const island of islands) {
    if (island.length < THRESHOLDS.leastPixels || rest - island.length < THRESHOLDS.leastRest * island.length)
      continue;
    let darker = 0;
    for (const pixel of island) if (mask[pixel] === SHADOW || isDarkerBackground(background, pixel)) darker++;
    if (darker < THRESHOLDS.leastDarker * island.length) continue;
    nearBackground ??= besideBackground(background);
    const rim = island.filter((pixel) => nearBackground?.[pixel] === 1);
    const core = island.filter((pixel) => nearBackground?.[pixel] === 0);
    if (core.length === 0 || meanOver(rim, distance) > THRESHOLDS.mostInRim * meanOver(core, distance))
      continue;
    for (const pixel of island) mask[pixel] = SHADOW;
    rest -= island.length;
  }
  return background;
}

/** 1 on background and so near it that a shadow has not gone far. */
function besideBackground({ width, height, mask }: Background): Uint8Array {
  return dilate(partOfMask(mask, 1), width, height, THRESHOLDS.rim);
}
